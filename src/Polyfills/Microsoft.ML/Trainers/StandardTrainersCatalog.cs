using Microsoft.ML.Trainers;

namespace Microsoft.ML;

/// <summary>Trainers of ML.NET whose schema others borrow; here they cannot be trained.</summary>
public static class StandardTrainersCatalog
{
    public static LbfgsLogisticRegressionBinaryTrainer LbfgsLogisticRegression(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, float l1Regularization = 1,
        float l2Regularization = 1, float optimizationTolerance = 1e-07f, int historySize = 20, bool enforceNonNegativity = false)
        => new(labelColumnName, featureColumnName, exampleWeightColumnName);

    public static LbfgsMaximumEntropyMulticlassTrainer LbfgsMaximumEntropy(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, float l1Regularization = 1,
        float l2Regularization = 1, float optimizationTolerance = 1e-07f, int historySize = 20, bool enforceNonNegativity = false)
        => new(labelColumnName, featureColumnName, exampleWeightColumnName);

    public static LbfgsPoissonRegressionTrainer LbfgsPoissonRegression(this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, float l1Regularization = 1,
        float l2Regularization = 1, float optimizationTolerance = 1e-07f, int historySize = 20, bool enforceNonNegativity = false)
        => new(labelColumnName, featureColumnName, exampleWeightColumnName);
}
