using TorchSharp;
using static TorchSharp.torch;

var model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1));
var optimizer = optim.SGD(model.parameters(), 0.01);
var x = randn(8, 2);
var batches = new[] { randn(8, 2), randn(8, 2) };

static void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer)
{
    optimizer.zero_grad();
    model.forward(randn(8, 2)).square().mean().backward();
    optimizer.step();
}
