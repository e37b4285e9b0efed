using TorchOptimExt;
using MyOptimizers;
using TorchSharp;

var model = torch.nn.Linear(2, 1);
