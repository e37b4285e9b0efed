using System.Diagnostics;
using Microsoft.ML;

namespace MlNetPipeline;

/// <summary>What the three tasks share.</summary>
/// <typeparam name="TRow">A line of the table.</typeparam>
/// <typeparam name="TPrediction">The columns of a prediction that are shown.</typeparam>
internal abstract class TableTask<TRow, TPrediction>(MLContext context, string name, string file) : ITask
    where TRow : class, new()
    where TPrediction : class, new()
{
    public string Name => name;

    protected MLContext Context => context;

    /// <summary>Our trainer.</summary>
    protected abstract IEstimator<ITransformer> Ours();

    /// <summary>ML.NET's own trainers, where the true package is there.</summary>
    protected virtual IEnumerable<(string name, IEstimator<ITransformer> trainer)> Rivals() => [];

    /// <summary>A trainer with what comes before and after it.</summary>
    protected abstract IEstimator<ITransformer> Pipeline(IEstimator<ITransformer> trainer);

    /// <summary>The metric of scored rows, in words.</summary>
    protected abstract string Evaluate(IDataView scored);

    protected abstract string Describe(TRow row, TPrediction prediction);

    public void Train(string path)
    {
        var data = context.Data.TrainTestSplit(context.Data.Cache(Load()), testFraction: 0.2, seed: 1);
        var (train, test) = (data.TrainSet, data.TestSet);
        var model = Measure("Torch", Ours(), train, test);
        context.Model.Save(model, train.Schema, path);
        foreach (var (rival, trainer) in Rivals()) Measure(rival, trainer, train, test);
    }

    public void Predict(string path)
    {
        var model = context.Model.Load(path, out _);
        using var engine = context.Model.CreatePredictionEngine<TRow, TPrediction>(model);
        foreach (var row in context.Data.CreateEnumerable<TRow>(Load(), reuseRowObject: false).Where((_, line) => line % 60 == 0).Take(3))
            Console.WriteLine($"  {name}: {Describe(row, engine.Predict(row))}");
    }

    private ITransformer Measure(string trained, IEstimator<ITransformer> trainer, IDataView train, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        var model = Pipeline(trainer).Fit(train);
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"  {trained,-23} {Evaluate(model.Transform(test))}, trained in {seconds:f2} s");
        return model;
    }

    private IDataView Load() => context.Data.LoadFromTextFile<TRow>(Path.Combine(AppContext.BaseDirectory, "Data", file), separatorChar: ',', hasHeader: true);
}
