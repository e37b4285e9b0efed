namespace Microsoft.ML;

public sealed class TrainerInfo
{
    internal TrainerInfo()
    {
    }

    public bool NeedNormalization => true;

    public bool WantCaching => true;
}
