using static TorchSharp.torch;

var (x, y) = (randn(64, 4), randint(3, [64]));
var model = nn.Linear(4, 3);
