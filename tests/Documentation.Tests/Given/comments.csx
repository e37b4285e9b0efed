using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using TorchOptimExt;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.LineSearch;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;
using TorchOptimExt.RandomSearch;
using TorchOptimExt.Rules;
using TorchSharp;
using static Given;

Console.WriteLine();

static class Given
{
    public static readonly torch.nn.Module<torch.Tensor, torch.Tensor> model = torch.nn.Linear(4, 1);
    public static readonly torch.Tensor x = torch.randn(8, 4), y = torch.randn(8, 1), observation = torch.randn(4);
    public static readonly torch.optim.Optimizer optimizer = torch.optim.SGD(model.parameters(), 0.1);
    public static readonly torch.optim.lr_scheduler.LRScheduler scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30);
    public static readonly MLContext mlContext = new();
    public static readonly IDataView trainSet = null!, testSet = null!;

    public static void Train(object model, object optimizer) { }

    public static double Episode(torch.nn.Module<torch.Tensor, torch.Tensor> model, Perturbation perturbation) => 0;
}
