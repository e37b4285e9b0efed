using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML;
using static TorchSharp.torch;

// train CHECKPOINT: trains with a checkpoint after every epoch, goes on from it if there is one, says "epoch K" after each,
// and at the end writes a hash of the weights.
// train-on-disk FOLDER ROWS: the same without a checkpoint, with so many rows in the folder.
// score MODEL [register]: loads a model and writes the score of each row, where asked with the module registered.
// score-torch MODEL: the same by LoadTorch.
set_num_threads(1);
var context = new MLContext();
return args[0] switch
{
    "train" => Train(Trainings.WithCheckpoint(args[1]), 200),
    "train-on-disk" => Train(Trainings.OnDisk(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture)),
    "score" => Score(() => context.Model.Load(args[1], out _), args.Length > 2),
    _ => Score(() => context.Model.LoadTorch(args[1], out _), false),
};

int Train(TorchTrainerOptions options, int rows)
{
    options.Progress = new Spoken();
    var model = context.Regression.Trainers.Torch(options).Fit(context.Data.LoadFromEnumerable(Row.Some(rows)));
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    foreach (var parameter in model.Model.Module.parameters()) hash.AppendData(parameter.bytes);
    Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
    return 0;
}

int Score(Func<ITransformer> load, bool register)
{
    if (register) TorchModules.Register("two-layers", (inputs, outputs) => new TwoLayers(inputs, outputs));
    try
    {
        var scored = load().Transform(context.Data.LoadFromEnumerable(Row.Some(20)));
        var scores = scored.Schema["Score"].Type is VectorDataViewType ? scored.GetColumn<float[]>("Score").SelectMany(s => s) : scored.GetColumn<float>("Score");
        Console.WriteLine(string.Join(' ', scores.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }
    catch (Exception e)
    {
        Console.WriteLine(e);
        return 1;
    }
}
