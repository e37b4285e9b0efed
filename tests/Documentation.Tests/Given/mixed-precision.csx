using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

var x = randn(64, 2);
var y = (x.sum(1, keepdim: true)).sin();
