// The models of ML.NET's own trainers: they stand in the trainers' signatures alone.
namespace Microsoft.ML.Calibrators
{
    public abstract class CalibratedModelParametersBase
    {
        private protected CalibratedModelParametersBase()
        {
        }
    }

    public abstract class CalibratedModelParametersBase<TSubModel, TCalibrator> : CalibratedModelParametersBase
        where TSubModel : class
        where TCalibrator : class, ICalibrator
    {
        private protected CalibratedModelParametersBase()
        {
        }
    }

    public interface ICalibrator
    {
        float PredictProbability(float output);
    }

    public sealed class PlattCalibrator : ICalibrator
    {
        private PlattCalibrator()
        {
        }

        public float PredictProbability(float output) => throw new NotSupportedException();
    }
}

namespace Microsoft.ML.Trainers
{
    public sealed class LinearBinaryModelParameters
    {
        private LinearBinaryModelParameters()
        {
        }
    }

    public sealed class MaximumEntropyModelParameters
    {
        private MaximumEntropyModelParameters()
        {
        }
    }

    public sealed class PoissonRegressionModelParameters
    {
        private PoissonRegressionModelParameters()
        {
        }
    }
}
