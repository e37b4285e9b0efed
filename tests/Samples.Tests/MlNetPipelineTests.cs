namespace Samples.Tests;

public class MlNetPipelineTests
{
    [Fact]
    public void What_is_no_folder_is_named_and_nothing_is_trained()
    {
        Refused("--nonsense");
        Refused(Path.Combine(typeof(MlNetPipelineTests).Assembly.Location, "models"));

        static void Refused(string folder)
        {
            var ended = SampleProcess.Run("MlNetPipeline", folder);
            Assert.NotEqual(0, ended.ExitCode);
            Assert.Contains(folder, ended.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("epoch", ended.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Three_models_are_trained_saved_and_loaded_by_a_second_process()
    {
        var folder = Directory.CreateTempSubdirectory("mlnet-pipeline-");
        try
        {
            var ended = SampleProcess.Run("MlNetPipeline", folder.FullName);
            Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
            Assert.Equal(["diabetes.zip", "tumors.zip", "wines.zip"], folder.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
            Assert.Contains("epoch  10: loss ", ended.Output, StringComparison.Ordinal);
            Assert.Contains("tumors: malignant, predicted malignant", ended.Output, StringComparison.Ordinal);
            Assert.Contains("wines: cultivar 1, predicted 1", ended.Output, StringComparison.Ordinal);
            Assert.Contains("diabetes: 151, predicted ", ended.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
