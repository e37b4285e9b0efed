using TorchOptimExt;
using TorchOptimExt.Tests.Docs;
using TorchSharp;

var model = torch.nn.Linear(2, 1);
