using CompareOptimizers.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using static TorchSharp.torch;

namespace CompareOptimizers.Data;

/// <summary>What a table's column is to be told from: by ML.NET its texts are one-hot encoded, what is missing is replaced by the mean, all is standardized.</summary>
/// <param name="table">The table.</param>
/// <param name="label">The column that is learned.</param>
/// <param name="ignored">Columns that are left out.</param>
/// <param name="seed">Of the choice of the test rows.</param>
internal sealed class TableProblem(TableFile table, Column label, IReadOnlyCollection<Column> ignored, int seed)
{
    private const string Label = "Label", Features = "Features";
    private const double TestShare = 0.2;
    private const int MostClasses = 20, MostTexts = 100, FewestRows = 10;

    private readonly MLContext context = new(seed);

    /// <summary>Whether the label is a class: a text, or one of a few whole numbers.</summary>
    private bool IsClass { get; } = !label.IsNumber || label.Distinct.Count <= MostClasses && label.Distinct.All(text => long.TryParse(text, out _));

    private Column[] Inputs { get; } = [.. table.Columns.Where(column => column != label && !ignored.Contains(column))];

    /// <summary>Reads the table; a fifth of the rows is to test with.</summary>
    /// <exception cref="UserException">There is too little to learn from, or a column that cannot be used.</exception>
    public Problem Load()
    {
        Check();
        var parts = context.Data.TrainTestSplit(Labelled(), TestShare, seed: seed);
        var prepared = Preparation().Fit(parts.TrainSet);
        var (train, test) = (prepared.Transform(parts.TrainSet), prepared.Transform(parts.TestSet));
        return new($"{label.Name} of {Path.GetFileName(table.Path)}", "rows", IsClass ? new Classification(Classes(train)) : new Regression(), Examples(train, train), Examples(test, train));
    }

    private void Check()
    {
        if (table.Rows < FewestRows) throw new UserException($"--data: {table.Path} has {table.Rows} rows, but at least {FewestRows} are needed.");
        if (label.Distinct.Count < 2) throw new UserException($"--label: all values of {label.Name} are the same; name a column that differs.");
        if (IsClass && label.Distinct.Count > MostTexts)
            throw new UserException($"--label: {label.Name} has more than {MostTexts} different texts; name a column of classes or of numbers.");
        if (Inputs.Length == 0) throw new UserException("--ignore leaves no column to learn from.");
        if (Inputs.FirstOrDefault(column => !column.IsNumber && column.Distinct.Count > MostTexts) is { } name)
            throw new UserException($"--data: column {name.Name} has more than {MostTexts} different texts; leave it out with --ignore {name.Name}.");
    }

    /// <summary>The rows that have a label.</summary>
    private IDataView Labelled()
    {
        var kind = IsClass ? DataKind.String : DataKind.Single;
        var rows = context.Data.LoadFromTextFile(table.Path, new TextLoader.Options
        {
            Columns = [new(Label, kind, label.Index), .. Inputs.Select(column => new TextLoader.Column(Place(column), column.IsNumber ? DataKind.Single : DataKind.String, column.Index))],
            HasHeader = true,
            Separators = [table.Separator],
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
        });
        return IsClass ? context.Data.FilterByCustomPredicate<TextLabel>(rows, row => row.Label.Length == 0) : context.Data.FilterRowsByMissingValues(rows, Label);
    }

    private sealed class TextLabel
    {
        public string Label { get; set; } = "";
    }

    private IEstimator<ITransformer> Preparation()
    {
        string[] texts = [.. Inputs.Where(column => !column.IsNumber).Select(Place)], numbers = [.. Inputs.Where(column => column.IsNumber).Select(Place)];
        var steps = new EstimatorChain<ITransformer>();
        if (texts.Length > 0) steps = steps.Append<ITransformer>(context.Transforms.Categorical.OneHotEncoding(Pairs(texts)));
        if (numbers.Length > 0) steps = steps.Append<ITransformer>(context.Transforms.ReplaceMissingValues(Pairs(numbers), MissingValueReplacingEstimator.ReplacementMode.Mean));
        var all = steps.Append(context.Transforms.Concatenate(Features, [.. numbers, .. texts])).Append(context.Transforms.NormalizeMeanVariance(Features, fixZero: false));
        return IsClass ? all.Append(context.Transforms.Conversion.MapValueToKey(Label)) : all;
    }

    private static InputOutputColumnPair[] Pairs(IEnumerable<string> names) => [.. names.Select(name => new InputOutputColumnPair(name))];

    private static string Place(Column column) => $"c{column.Index}"; // a title may be that of another column of ours

    private static int Classes(IDataView rows) => (int)((KeyDataViewType)rows.Schema[Label].Type).Count;

    /// <summary>As tensors; a number is standardized as those that are trained with.</summary>
    private Examples Examples(IDataView rows, IDataView train)
    {
        float[][] features = [.. rows.GetColumn<float[]>(Features)];
        var inputs = tensor(features.SelectMany(row => row).ToArray(), [features.Length, features.Length == 0 ? 0 : features[0].Length]);
        if (IsClass)
        {
            // A class that no row to train with has is none of those that can be told.
            long[] keys = [.. rows.GetColumn<uint>(Label).Select(key => (long)key - 1)];
            long[] known = [.. Enumerable.Range(0, keys.Length).Where(row => keys[row] >= 0).Select(row => (long)row)];
            return new Examples(inputs, tensor(keys)).Rows(known);
        }
        double[] labels = [.. train.GetColumn<float>(Label).Select(value => (double)value)];
        var (mean, deviation) = (labels.Average(), Math.Sqrt(labels.Average(value => value * value) - labels.Average() * labels.Average()));
        return new(inputs, tensor(rows.GetColumn<float>(Label).Select(value => (float)((value - mean) / deviation)).ToArray()).view(-1, 1));
    }
}
