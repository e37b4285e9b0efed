using TorchSharp;
using static TorchSharp.torch;

const string path = "training.ckpt";
const int epochs = 3;
var model = nn.Linear(2, 1);
var optimizer = optim.Adam(model.parameters());
var schedule = optim.lr_scheduler.StepLR(optimizer, 30);

static void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer)
{
    optimizer.zero_grad();
    model.forward(ones(4, 2)).square().mean().backward();
    optimizer.step();
}
