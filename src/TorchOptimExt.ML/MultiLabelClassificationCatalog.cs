using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using TorchOptimExt.ML.Evaluation;
using TorchOptimExt.ML.Scoring;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>Classification by several labels, any of which may be true: trainers, evaluation and cross-validation. Made by
/// <c>mlContext.MultiLabelClassification()</c>.</summary>
public sealed class MultiLabelClassificationCatalog
{
    private readonly MLContext context;

    internal MultiLabelClassificationCatalog(MLContext context) => (this.context, Trainers) = (context, new(context));

    /// <summary>The trainers of the task.</summary>
    public TrainerCatalog Trainers { get; }

    /// <summary>Evaluates scored rows. Label slots that are NaN are left out.</summary>
    /// <param name="data">The scored rows.</param>
    /// <param name="labelColumnName">The label column, a vector of known size, of Boolean or of Single (0, 1 or NaN).</param>
    /// <param name="scoreColumnName">The column of scores, a vector of Single of the label's size.</param>
    /// <param name="predictedLabelColumnName">The column of predictions, a vector of Boolean of the label's size.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type or size.</exception>
    /// <exception cref="InvalidOperationException">A label is none; the row is named.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Called on the catalog, as ML.NET's own Evaluate.")]
    public MultiLabelMetrics Evaluate(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(data);
        return MultiLabelEvaluator.Evaluate(data, labelColumnName, scoreColumnName, predictedLabelColumnName);
    }

    /// <summary>Trains on all folds but one, and evaluates on that, for each.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="estimator">The pipeline, with a trainer of this task.</param>
    /// <param name="numberOfFolds">The number of folds, ≥ 2.</param>
    /// <param name="labelColumnName">The label column, as the pipeline leaves it.</param>
    /// <param name="samplingKeyColumnName">Rows that are equal in this column are in one fold; null for none.</param>
    /// <param name="seed">Seeds the choice of folds; null takes the context's.</param>
    /// <returns>Model, metrics and scored rows of each fold.</returns>
    /// <exception cref="ArgumentNullException">The data or the estimator is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are less than two folds, or a column is missing or of another type.</exception>
    public IReadOnlyList<CrossValidated<MultiLabelMetrics>> CrossValidate(IDataView data, IEstimator<ITransformer> estimator,
        int numberOfFolds = 5, string labelColumnName = "Label", string? samplingKeyColumnName = null, int? seed = null) =>
        CrossValidated<MultiLabelMetrics>.Run(context, data, estimator, numberOfFolds, samplingKeyColumnName, seed,
            scored => Evaluate(scored, labelColumnName));

    /// <summary>The trainers of the task.</summary>
    public sealed class TrainerCatalog
    {
        private readonly MLContext context;

        internal TrainerCatalog(MLContext context) => this.context = context;

        /// <summary>Creates a trainer of a TorchSharp module that gives one logit for each label for each row.</summary>
        /// <param name="options">How it is trained; copied. Labels may be missing (NaN): they are left out of the loss.</param>
        /// <inheritdoc cref="TorchCatalog.Torch(RegressionCatalog.RegressionTrainers, TorchTrainerOptions)"/>
        public TorchTrainer Torch(TorchTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            // Of now: the shape is asked for later.
            var (label, features, weight) = (options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName);
            return new(TaskKind.MultiLabelClassification, options, context, shape =>
                MultiOutputShape.MultiLabel(context, shape, label, features, weight));
        }

        /// <summary>Creates a trainer of a TorchSharp module that gives one logit for each label for each row.</summary>
        /// <param name="labelColumnName">The label column, a vector of known size, of Boolean or of Single (0, 1 or NaN).</param>
        /// <inheritdoc cref="TorchCatalog.Torch(RegressionCatalog.RegressionTrainers, string, string, string,
        /// Func{long, long, nn.Module{Tensor, Tensor}}, Func{IEnumerable{Parameter}, optim.Optimizer}, int?, int, long?)"/>
        public TorchTrainer Torch(string labelColumnName = "Label", string featureColumnName = "Features",
            string? exampleWeightColumnName = null, Func<long, long, nn.Module<Tensor, Tensor>>? module = null,
            Func<IEnumerable<Parameter>, optim.Optimizer>? optimizer = null, int? epochs = null, int batchSize = 64, long? seed = null) =>
            Torch(TorchCatalog.Options(labelColumnName, featureColumnName, exampleWeightColumnName, module, optimizer, epochs, batchSize,
                seed));
    }
}
