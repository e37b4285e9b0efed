using static TorchSharp.torch;

var model = nn.Linear(2, 1);
