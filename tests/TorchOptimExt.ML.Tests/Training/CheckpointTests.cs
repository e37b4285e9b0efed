using System.Diagnostics;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly List<Row> Rows = Row.Some(200);

    private readonly string folder = Directory.CreateTempSubdirectory("torch-ml-").FullName;

    private string File => Path.Combine(folder, "training.ckpt");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_resumed_training_ends_with_the_bits_of_an_uninterrupted_one()
    {
        var expected = Fit(Trainings.WithCheckpoint(null));
        using var stop = new CancellationTokenSource();
        var first = Trainings.WithCheckpoint(File);
        first.CancellationToken = stop.Token;
        first.Progress = new Reports(report => { if (report.Epoch == 7) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => Fit(first));
        manual_seed(99);
        var reports = new Reports();
        var second = Trainings.WithCheckpoint(File);
        second.Progress = reports;
        Assert.Equal(expected, Fit(second));
        Assert.Equal(8, reports[0].Epoch);
        Assert.Equal(expected, Fit(Trainings.WithCheckpoint(File)));
    }

    [Fact]
    public void A_training_killed_at_random_moments_ends_with_the_bits_of_an_uninterrupted_one()
    {
        set_num_threads(1);
        string expected;
        using (var undisturbed = Start(Path.Combine(folder, "undisturbed"))) expected = Follow(undisturbed, int.MaxValue)!;
        var (random, killed, result) = (new Random(), 0, (string?)null);
        while (result is null)
        {
            using var training = Start(File);
            result = Follow(training, random.Next(8, 13));
            if (result is not null) break;
            training.WaitForExit(random.Next(10));
            training.Kill();
            training.WaitForExit();
            killed++;
        }
        Assert.Equal(expected, result);
        Assert.InRange(killed, 2, Trainings.Epochs);
    }

    [Fact]
    public void Cancelling_keeps_the_model_so_far_where_that_is_asked()
    {
        using var stop = new CancellationTokenSource();
        var reports = new Reports(report => { if (report.Epoch == 3) stop.Cancel(); });
        var options = Linear("Number", 100);
        (options.CancellationToken, options.KeepModelWhenCancelled, options.Progress) = (stop.Token, true, reports);
        var three = Linear("Number", 3);
        Assert.Equal(Fit(three), Fit(options));
        Assert.Equal(3, reports.Count);
    }

    [Fact]
    public void A_loss_that_is_NaN_stops_with_the_place_and_leaves_the_last_checkpoint()
    {
        var poisoned = Linear("Number", 10);
        (poisoned.BatchSize, poisoned.CheckpointPath) = (50, File);
        var steps = 0;
        poisoned.Optimizer = parameters => optim.SGD(parameters, 0.01);
        poisoned.Loss = (outputs, labels) => ++steps == 11 ? outputs.mul(float.NaN) : (outputs - labels).square();
        var error = Assert.Throws<TrainingDivergedException>(() => Fit(poisoned));
        Assert.Equal((3, 3, 0.01), (error.Epoch, error.Batch, error.LearningRate));
        Assert.Contains("The loss is NaN in epoch 3, batch 3, at learning rate 0.01", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Checkpoint.Read(File).Values["epoch"]);
    }

    [Fact]
    public void Weights_that_overflow_in_the_last_step_do_not_reach_the_checkpoint()
    {
        var options = Linear("Number", 1);
        (options.CheckpointPath, options.StandardizeLabel, options.Optimizer) = (File, false, parameters => optim.SGD(parameters, 3e38));
        Assert.Throws<TrainingDivergedException>(() => Fit(options));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_search_that_finds_no_finite_loss_names_the_place_too()
    {
        foreach (var name in new[] { "ARS", "ArmijoGD", "LBFGS" })
        {
            var options = Linear("Number", 2);
            options.Loss = (outputs, _) => outputs.mul(float.NaN);
            options.Optimizer = parameters => name switch { "ARS" => optim.ARS(parameters), "ArmijoGD" => optim.ArmijoGD(parameters), _ => optim.LBFGS(parameters) };
            Assert.Equal(1, Assert.Throws<TrainingDivergedException>(() => Fit(options)).Batch);
        }
    }

    [Fact]
    public void A_checkpoint_of_other_data_or_options_is_refused()
    {
        var options = Linear("Number", 1);
        options.CheckpointPath = File;
        Fit(options);
        Assert.Contains(File, Assert.Throws<InvalidOperationException>(() => Context.Regression.Trainers.Torch(options).Fit(View(Row.Some(201).Skip(1)))).Message, StringComparison.Ordinal);
        options.Seed = 2;
        Assert.Throws<InvalidOperationException>(() => Fit(options));
        options.Seed = 1;
        options.Mlp.Dropout = 0.1;
        Assert.Contains("dropout 0.1", Assert.Throws<InvalidOperationException>(() => Fit(options)).Message, StringComparison.Ordinal);
        options.Mlp.Dropout = 0;
        Fit(options);
    }

    [Fact]
    public void A_checkpoint_of_other_rows_for_validation_is_refused()
    {
        var options = Linear("Number", 1);
        (options.CheckpointPath, options.ValidationSet) = (File, View(Row.Some(30)));
        Fit(options);
        Fit(options);
        options.ValidationSet = View(Row.Some(31).Skip(1));
        Assert.Throws<InvalidOperationException>(() => Fit(options));
    }

    [Fact]
    public void A_checkpoint_of_a_training_from_another_model_is_refused()
    {
        var options = Linear("Number", 1);
        var (data, plain) = (View(Row.Some(200)), Context.Regression.Trainers.Torch(options));
        options.CheckpointPath = File;
        var trainer = Context.Regression.Trainers.Torch(options);
        var first = plain.Fit(data);
        trainer.Fit(data, first);
        Assert.Throws<InvalidOperationException>(() => trainer.Fit(data, plain.Fit(data, first)));
        trainer.Fit(data, plain.Fit(data));     // of the same weights
    }

    [Fact]
    public void Training_goes_on_where_more_epochs_are_asked()
    {
        var options = Linear("Number", 2);
        options.CheckpointPath = File;
        Fit(options);
        options.Epochs = 5;
        var straight = Linear("Number", 5);
        Assert.Equal(Fit(straight), Fit(options));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_named_and_leaves_the_last_one()
    {
        var options = Linear("Number", 5);
        options.CheckpointPath = File;
        options.Progress = new Reports(report => { if (report.Epoch == 2) Directory.Move(folder, folder + ".moved"); });
        var error = Assert.ThrowsAny<IOException>(() => Fit(options));
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Directory.Move(folder + ".moved", folder);
        Assert.Equal(1, Checkpoint.Read(File).Values["epoch"]);
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_missing_folder_and_an_optimizer_without_state_are_refused_before_training()
    {
        var options = Linear("Number", 1);
        options.CheckpointPath = Path.Combine(folder, "missing", "training.ckpt");
        Assert.Throws<DirectoryNotFoundException>(() => Fit(options));
        (options.CheckpointPath, options.Optimizer) = (File, parameters => optim.LBFGS(parameters));
        Assert.Contains("LBFGS", Assert.Throws<InvalidOperationException>(() => Fit(options)).Message, StringComparison.Ordinal);
    }

    private static float[] Fit(TorchTrainerOptions options) => Context.Regression.Trainers.Torch(options).Fit(View(Rows)).Weights();

    /// <summary>Null after so many epochs, or the training's result if that comes first.</summary>
    private static string? Follow(Process training, int epochs)
    {
        for (var seen = 0; ;)
        {
            var line = training.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The training ended early: {training.StandardError.ReadToEnd()}");
            if (!line.StartsWith("epoch ", StringComparison.Ordinal)) return line;
            if (++seen == epochs) return null;
        }
    }

    private static Process Start(string path) => ChildProcess.Start("train", path);
}
