using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace TorchOptimExt.ML.Saving;

// A custom mapping's vector has a size only where an attribute gives it, at compile time. So the scores of K classes are
// put together from pieces whose sizes are the powers of two that make up K: 10 = 8 + 2.

/// <summary>All scores of a row, in a vector whose size the type does not tell, and the place of the largest, counted from 1.</summary>
internal sealed class ScoresOutput
{
    public float[] TorchModelScores { get; set; } = [];
    public int TorchModelLargest { get; set; }
}

/// <summary>All scores of a row.</summary>
internal sealed class ScoresInput
{
    public float[] TorchModelScores { get; set; } = [];

    // The larger pieces come first.
    internal float[] Piece(int size)
    {
        var from = TorchModelScores.Length - TorchModelScores.Length % (2 * size);
        return TorchModelScores[from..(from + size)];
    }
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class ScoresFactory : CustomMappingFactory<ScoreInput, ScoresOutput>
{
    internal const string Contract = "TorchOptimExt.ML.Scores";

    public override Action<ScoreInput, ScoresOutput> GetMapping() => Score;

    private static void Score(ScoreInput input, ScoresOutput output)
    {
        output.TorchModelScores = input.Scores();
        output.TorchModelLargest = (int)TorchModel.LargestKey(output.TorchModelScores);
    }
}

internal sealed class Piece1
{
    [VectorType(1)] public float[] TorchModelPiece1 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece1Factory : CustomMappingFactory<ScoresInput, Piece1>
{
    internal const string Contract = "TorchOptimExt.ML.Piece1";

    public override Action<ScoresInput, Piece1> GetMapping() => static (input, output) => output.TorchModelPiece1 = input.Piece(1);
}

internal sealed class Piece2
{
    [VectorType(2)] public float[] TorchModelPiece2 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece2Factory : CustomMappingFactory<ScoresInput, Piece2>
{
    internal const string Contract = "TorchOptimExt.ML.Piece2";

    public override Action<ScoresInput, Piece2> GetMapping() => static (input, output) => output.TorchModelPiece2 = input.Piece(2);
}

internal sealed class Piece4
{
    [VectorType(4)] public float[] TorchModelPiece4 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece4Factory : CustomMappingFactory<ScoresInput, Piece4>
{
    internal const string Contract = "TorchOptimExt.ML.Piece4";

    public override Action<ScoresInput, Piece4> GetMapping() => static (input, output) => output.TorchModelPiece4 = input.Piece(4);
}

internal sealed class Piece8
{
    [VectorType(8)] public float[] TorchModelPiece8 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece8Factory : CustomMappingFactory<ScoresInput, Piece8>
{
    internal const string Contract = "TorchOptimExt.ML.Piece8";

    public override Action<ScoresInput, Piece8> GetMapping() => static (input, output) => output.TorchModelPiece8 = input.Piece(8);
}

internal sealed class Piece16
{
    [VectorType(16)] public float[] TorchModelPiece16 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece16Factory : CustomMappingFactory<ScoresInput, Piece16>
{
    internal const string Contract = "TorchOptimExt.ML.Piece16";

    public override Action<ScoresInput, Piece16> GetMapping() => static (input, output) => output.TorchModelPiece16 = input.Piece(16);
}

internal sealed class Piece32
{
    [VectorType(32)] public float[] TorchModelPiece32 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece32Factory : CustomMappingFactory<ScoresInput, Piece32>
{
    internal const string Contract = "TorchOptimExt.ML.Piece32";

    public override Action<ScoresInput, Piece32> GetMapping() => static (input, output) => output.TorchModelPiece32 = input.Piece(32);
}

internal sealed class Piece64
{
    [VectorType(64)] public float[] TorchModelPiece64 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece64Factory : CustomMappingFactory<ScoresInput, Piece64>
{
    internal const string Contract = "TorchOptimExt.ML.Piece64";

    public override Action<ScoresInput, Piece64> GetMapping() => static (input, output) => output.TorchModelPiece64 = input.Piece(64);
}

internal sealed class Piece128
{
    [VectorType(128)] public float[] TorchModelPiece128 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece128Factory : CustomMappingFactory<ScoresInput, Piece128>
{
    internal const string Contract = "TorchOptimExt.ML.Piece128";

    public override Action<ScoresInput, Piece128> GetMapping() => static (input, output) => output.TorchModelPiece128 = input.Piece(128);
}

internal sealed class Piece256
{
    [VectorType(256)] public float[] TorchModelPiece256 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece256Factory : CustomMappingFactory<ScoresInput, Piece256>
{
    internal const string Contract = "TorchOptimExt.ML.Piece256";

    public override Action<ScoresInput, Piece256> GetMapping() => static (input, output) => output.TorchModelPiece256 = input.Piece(256);
}

internal sealed class Piece512
{
    [VectorType(512)] public float[] TorchModelPiece512 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece512Factory : CustomMappingFactory<ScoresInput, Piece512>
{
    internal const string Contract = "TorchOptimExt.ML.Piece512";

    public override Action<ScoresInput, Piece512> GetMapping() => static (input, output) => output.TorchModelPiece512 = input.Piece(512);
}

internal sealed class Piece1024
{
    [VectorType(1024)] public float[] TorchModelPiece1024 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece1024Factory : CustomMappingFactory<ScoresInput, Piece1024>
{
    internal const string Contract = "TorchOptimExt.ML.Piece1024";

    public override Action<ScoresInput, Piece1024> GetMapping() => static (input, output) => output.TorchModelPiece1024 = input.Piece(1024);
}

internal sealed class Piece2048
{
    [VectorType(2048)] public float[] TorchModelPiece2048 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece2048Factory : CustomMappingFactory<ScoresInput, Piece2048>
{
    internal const string Contract = "TorchOptimExt.ML.Piece2048";

    public override Action<ScoresInput, Piece2048> GetMapping() => static (input, output) => output.TorchModelPiece2048 = input.Piece(2048);
}

internal sealed class Piece4096
{
    [VectorType(4096)] public float[] TorchModelPiece4096 { get; set; } = [];
}

[CustomMappingFactoryAttribute(Contract)]
internal sealed class Piece4096Factory : CustomMappingFactory<ScoresInput, Piece4096>
{
    internal const string Contract = "TorchOptimExt.ML.Piece4096";

    public override Action<ScoresInput, Piece4096> GetMapping() => static (input, output) => output.TorchModelPiece4096 = input.Piece(4096);
}
