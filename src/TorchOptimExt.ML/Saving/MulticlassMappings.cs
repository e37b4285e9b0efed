using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace TorchOptimExt.ML.Saving;

// A custom mapping's vector has a size only where an attribute gives it, at compile time. So the scores of K classes are
// put together from pieces whose sizes are the powers of two that make up K: 10 = 8 + 2.

/// <summary>All scores of a row, in a vector whose size the type does not tell. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class ScoresOutput
{
    /// <summary>The probabilities of the classes.</summary>
    public float[] TorchModelScores { get; set; } = [];

    /// <summary>The place of the largest, counted from 1.</summary>
    public int TorchModelLargest { get; set; }
}

/// <summary>All scores of a row. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class ScoresInput
{
    /// <summary>The probabilities of the classes.</summary>
    public float[] TorchModelScores { get; set; } = [];

    // The larger pieces come first.
    internal float[] Piece(int size)
    {
        var from = TorchModelScores.Length - TorchModelScores.Length % (2 * size);
        return TorchModelScores[from..(from + size)];
    }
}

/// <summary>Scores a row of multiclass classification. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class ScoresFactory : CustomMappingFactory<ScoreInput, ScoresOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Scores";

    /// <inheritdoc/>
    public override Action<ScoreInput, ScoresOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, ScoresOutput output)
    {
        output.TorchModelScores = input.Scores();
        output.TorchModelLargest = (int)TorchModel.LargestKey(output.TorchModelScores);
    }
}

/// <summary>1 consecutive score. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece1
{
    /// <summary>The scores.</summary>
    [VectorType(1)] public float[] TorchModelPiece1 { get; set; } = [];
}

/// <summary>Takes 1 consecutive score. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece1Factory : CustomMappingFactory<ScoresInput, Piece1>
{
    internal const string Contract = "TorchOptimExt.ML.Piece1";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece1> GetMapping() => static (input, output) => output.TorchModelPiece1 = input.Piece(1);
}

/// <summary>2 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece2
{
    /// <summary>The scores.</summary>
    [VectorType(2)] public float[] TorchModelPiece2 { get; set; } = [];
}

/// <summary>Takes 2 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece2Factory : CustomMappingFactory<ScoresInput, Piece2>
{
    internal const string Contract = "TorchOptimExt.ML.Piece2";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece2> GetMapping() => static (input, output) => output.TorchModelPiece2 = input.Piece(2);
}

/// <summary>4 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece4
{
    /// <summary>The scores.</summary>
    [VectorType(4)] public float[] TorchModelPiece4 { get; set; } = [];
}

/// <summary>Takes 4 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece4Factory : CustomMappingFactory<ScoresInput, Piece4>
{
    internal const string Contract = "TorchOptimExt.ML.Piece4";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece4> GetMapping() => static (input, output) => output.TorchModelPiece4 = input.Piece(4);
}

/// <summary>8 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece8
{
    /// <summary>The scores.</summary>
    [VectorType(8)] public float[] TorchModelPiece8 { get; set; } = [];
}

/// <summary>Takes 8 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece8Factory : CustomMappingFactory<ScoresInput, Piece8>
{
    internal const string Contract = "TorchOptimExt.ML.Piece8";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece8> GetMapping() => static (input, output) => output.TorchModelPiece8 = input.Piece(8);
}

/// <summary>16 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece16
{
    /// <summary>The scores.</summary>
    [VectorType(16)] public float[] TorchModelPiece16 { get; set; } = [];
}

/// <summary>Takes 16 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece16Factory : CustomMappingFactory<ScoresInput, Piece16>
{
    internal const string Contract = "TorchOptimExt.ML.Piece16";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece16> GetMapping() => static (input, output) => output.TorchModelPiece16 = input.Piece(16);
}

/// <summary>32 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece32
{
    /// <summary>The scores.</summary>
    [VectorType(32)] public float[] TorchModelPiece32 { get; set; } = [];
}

/// <summary>Takes 32 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece32Factory : CustomMappingFactory<ScoresInput, Piece32>
{
    internal const string Contract = "TorchOptimExt.ML.Piece32";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece32> GetMapping() => static (input, output) => output.TorchModelPiece32 = input.Piece(32);
}

/// <summary>64 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece64
{
    /// <summary>The scores.</summary>
    [VectorType(64)] public float[] TorchModelPiece64 { get; set; } = [];
}

/// <summary>Takes 64 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece64Factory : CustomMappingFactory<ScoresInput, Piece64>
{
    internal const string Contract = "TorchOptimExt.ML.Piece64";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece64> GetMapping() => static (input, output) => output.TorchModelPiece64 = input.Piece(64);
}

/// <summary>128 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece128
{
    /// <summary>The scores.</summary>
    [VectorType(128)] public float[] TorchModelPiece128 { get; set; } = [];
}

/// <summary>Takes 128 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece128Factory : CustomMappingFactory<ScoresInput, Piece128>
{
    internal const string Contract = "TorchOptimExt.ML.Piece128";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece128> GetMapping() => static (input, output) => output.TorchModelPiece128 = input.Piece(128);
}

/// <summary>256 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece256
{
    /// <summary>The scores.</summary>
    [VectorType(256)] public float[] TorchModelPiece256 { get; set; } = [];
}

/// <summary>Takes 256 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece256Factory : CustomMappingFactory<ScoresInput, Piece256>
{
    internal const string Contract = "TorchOptimExt.ML.Piece256";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece256> GetMapping() => static (input, output) => output.TorchModelPiece256 = input.Piece(256);
}

/// <summary>512 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece512
{
    /// <summary>The scores.</summary>
    [VectorType(512)] public float[] TorchModelPiece512 { get; set; } = [];
}

/// <summary>Takes 512 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece512Factory : CustomMappingFactory<ScoresInput, Piece512>
{
    internal const string Contract = "TorchOptimExt.ML.Piece512";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece512> GetMapping() => static (input, output) => output.TorchModelPiece512 = input.Piece(512);
}

/// <summary>1024 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece1024
{
    /// <summary>The scores.</summary>
    [VectorType(1024)] public float[] TorchModelPiece1024 { get; set; } = [];
}

/// <summary>Takes 1024 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece1024Factory : CustomMappingFactory<ScoresInput, Piece1024>
{
    internal const string Contract = "TorchOptimExt.ML.Piece1024";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece1024> GetMapping() => static (input, output) => output.TorchModelPiece1024 = input.Piece(1024);
}

/// <summary>2048 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece2048
{
    /// <summary>The scores.</summary>
    [VectorType(2048)] public float[] TorchModelPiece2048 { get; set; } = [];
}

/// <summary>Takes 2048 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece2048Factory : CustomMappingFactory<ScoresInput, Piece2048>
{
    internal const string Contract = "TorchOptimExt.ML.Piece2048";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece2048> GetMapping() => static (input, output) => output.TorchModelPiece2048 = input.Piece(2048);
}

/// <summary>4096 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
public sealed class Piece4096
{
    /// <summary>The scores.</summary>
    [VectorType(4096)] public float[] TorchModelPiece4096 { get; set; } = [];
}

/// <summary>Takes 4096 consecutive scores. ML.NET uses it in saved models; your code does not need it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class Piece4096Factory : CustomMappingFactory<ScoresInput, Piece4096>
{
    internal const string Contract = "TorchOptimExt.ML.Piece4096";

    /// <inheritdoc/>
    public override Action<ScoresInput, Piece4096> GetMapping() => static (input, output) => output.TorchModelPiece4096 = input.Piece(4096);
}
