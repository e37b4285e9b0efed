using TorchSharp;
using static TorchSharp.torch;

var model = nn.Linear(2, 1);
var optimizer = optim.Adam(model.parameters());

static void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer)
{
    optimizer.zero_grad();
    model.forward(ones(4, 2)).square().mean().backward();
    optimizer.step();
}
