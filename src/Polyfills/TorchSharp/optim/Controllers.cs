#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>What a learning-rate scheduler reads and writes: a parameter group.</summary>
        public interface ILearningRateController
        {
            double LearningRate { get; set; }
            double InitialLearningRate { get; set; }
        }

        /// <summary>An optimizer or a parameter group whose momentum a scheduler may change.</summary>
        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        /// <summary>An optimizer or a parameter group whose betas a scheduler may change.</summary>
        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }
    }
}
