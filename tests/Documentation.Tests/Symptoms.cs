using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt;
using TorchOptimExt.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace Documentation.Tests;

/// <summary>What goes wrong, made to go wrong: each gives what a user sees of it.</summary>
internal static class Symptoms
{
    /// <summary>Name and mistake.</summary>
    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>
    {
        ["older C#"] = () => Compiler("using TorchOptimExt; using TorchSharp; _ = torch.optim.fused;", LanguageVersion.CSharp12),
        ["no using"] = () => Compiler("using TorchSharp; _ = torch.optim.fused;", LanguageVersion.CSharp14),
        ["no CUDA"] = () => Message(() => ones(1, device: CUDA)),

        ["labels as Int32"] = () => Message(() => nn.functional.cross_entropy(randn(4, 3), zeros(4, ScalarType.Int32))),
        ["norm of NaN"] = () => WithModel((model, loss) =>
        {
            var optimizer = optim.fused.Adam(model.parameters());
            (loss() * float.NaN).backward();
            optimizer.clip_grad_norm_(1, error_if_nonfinite: true);
        }),

        ["all frozen"] = () => WithModel((model, loss) =>
        {
            foreach (var parameter in model.parameters()) parameter.requires_grad = false;
            loss().backward();
        }),
        ["converted after the optimizer was made"] = () => WithModel((model, loss) =>
        {
            var optimizer = optim.fused.Adam(model.parameters());
            loss().backward();
            model.to(float64);
            optimizer.step();
        }),

        ["no closure"] = () => WithModel((model, _) => optim.ArmijoGD(model.parameters()).step()),
        ["closure with backward"] = () => WithModel((model, loss) => optim.ArmijoGD(model.parameters()).step(() =>
        {
            var value = loss();
            value.backward();
            return value;
        })),
        ["closure without gradients"] = () => WithModel((model, loss) => optim.WolfeLBFGS(model.parameters()).step(() => loss().detach())),
        ["closure of many losses"] = () => WithModel((model, _) =>
            optim.ArmijoGD(model.parameters()).step(() => model.forward(ones(3, 2)))),
        ["IRpropPlus without the loss"] = () => WithModel((model, _) => optim.IRpropPlus(model.parameters()).step()),

        ["freed by a scope"] = () => WithModel((_, loss) =>
        {
            Tensor kept;
            using (NewDisposeScope()) kept = loss();
            kept.item<float>();
        }),
        ["backward twice"] = () => WithModel((_, loss) =>
        {
            var value = loss();
            value.backward();
            value.backward();
        }),

        ["multiclass label is text"] = () => Fit(ml => ml.MulticlassClassification.Trainers.Torch(Options("Text"))),
        ["binary label is a number"] = () => Fit(ml => ml.BinaryClassification.Trainers.Torch(Options("Number"))),
        ["regression label is Boolean"] = () => Fit(ml => ml.Regression.Trainers.Torch(Options("Flag"))),
        ["label is missing"] = () => Fit(ml => ml.Regression.Trainers.Torch(Options("Label"))),
        ["feature is one number"] = () => Fit(ml => ml.Regression.Trainers.Torch(Options("Number", features: "Flag"))),
        ["rate too large"] = () => Fit(ml => ml.Regression.Trainers.Torch(Options("Number", lr: 1e9))),
        ["module of two outputs"] = () => Fit(ml =>
            ml.Regression.Trainers.Torch(Options("Number", module: inputs => nn.Linear(inputs, 2)))),
        ["module without a name"] = () => Message(() =>
        {
            var (ml, data) = Data();
            var model = ml.Regression.Trainers.Torch(Options("Number", module: inputs => nn.Linear(inputs, 1))).Fit(data);
            ml.Model.Save(model, data.Schema, new MemoryStream());
        }),
        ["importance of a whole pipeline"] = () => Message(() =>
        {
            var (ml, data) = Data();
            var model = ml.Transforms.NormalizeMeanVariance("Features").Append(ml.Regression.Trainers.Torch(Options("Number"))).Fit(data);
            ml.Regression.PermutationFeatureImportance((ITransformer)model, model.Transform(data), "Number");
        }),
    };

    private static string Compiler(string program, LanguageVersion version)
    {
        var error = PageProgram.Complaints(program, version).First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return $"error {error.Id}: {error.GetMessage()}";
    }

    // The first line of what is thrown, as an unhandled exception shows it.
    private static string Message(Action mistake)
    {
        using var scope = NewDisposeScope();
        var e = Assert.ThrowsAny<Exception>(mistake);
        return $"{e.GetType()}: {e.Message.ReplaceLineEndings("\n").Split('\n')[0]}";
    }

    private static string WithModel(Action<nn.Module<Tensor, Tensor>, Func<Tensor>> mistake) => Message(() =>
    {
        var (model, x) = (nn.Linear(2, 1), ones(3, 2));
        mistake(model, () => model.forward(x).square().mean());
    });

    private static string Fit(Func<MLContext, TorchTrainer> trainer) => Message(() =>
    {
        var (ml, data) = Data();
        trainer(ml).Fit(data);
    });

    private static (MLContext, IDataView) Data()
    {
        var ml = new MLContext(seed: 1);
        return (ml, ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i =>
            new Row { Features = [i, -i], Number = i, Text = i < 10 ? "low" : "high", Flag = i < 10 })));
    }

    private static TorchTrainerOptions Options(
        string label, string features = "Features", double lr = 0.01, Func<long, nn.Module<Tensor, Tensor>>? module = null)
    {
        var options = new TorchTrainerOptions
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            StandardizeLabel = false,
            Optimizer = parameters => optim.SGD(parameters, lr),
            Epochs = 20,
        };
        if (module is not null) options.Module = module;
        return options;
    }

    private sealed class Row
    {
        [VectorType(2)] public float[] Features { get; set; } = [];
        public float Number { get; set; }
        public string Text { get; set; } = "";
        public bool Flag { get; set; }
    }
}
