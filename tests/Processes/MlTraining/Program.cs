using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML;
using static TorchSharp.torch;

// train CHECKPOINT: trains with a checkpoint after every epoch, goes on from it if there is one, says "epoch K" after each,
// and at the end writes a hash of the weights.
// score MODEL [register]: loads a model and writes the score of each row, where asked with the module registered.
set_num_threads(1);
var context = new MLContext();
return args[0] == "train" ? Train(args[1]) : Score(args[1], args.Length > 2);

int Train(string path)
{
    var options = Trainings.WithCheckpoint(path);
    options.Progress = new Spoken();
    var model = context.Regression.Trainers.Torch(options).Fit(context.Data.LoadFromEnumerable(Row.Some(200)));
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    foreach (var parameter in model.Model.Module.parameters()) hash.AppendData(parameter.bytes);
    Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
    return 0;
}

int Score(string path, bool register)
{
    if (register) TorchModules.Register("two-layers", (inputs, outputs) => new TwoLayers(inputs, outputs));
    try
    {
        var scored = context.Model.Load(path, out _).Transform(context.Data.LoadFromEnumerable(Row.Some(20)));
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
