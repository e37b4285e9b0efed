using System.Text.Json;
using System.Text.Json.Serialization;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>All that was measured, as JSON for programs.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(Problem problem, TrainingPlan plan, IReadOnlyList<Duel> duels, IReadOnlyList<Sweep> sweeps) => JsonSerializer.Serialize(new
    {
        Data = problem.Name,
        Train = problem.Train.Count,
        Test = problem.Test.Count,
        Score = problem.Objective.ScoreName,
        Plan = plan,
        Machine = RunFacts.OfThisMachine().ToDictionary(fact => fact.name, fact => fact.value),
        Optimizers = duels.Select(duel => new
        {
            duel.Contender.Name,
            duel.Contender.Lr,
            Code = duel.Contender.OurCode,
            duel.EndedEarly,
            Ours = Course(duel.Ours),
            Reference = duel.Reference is null ? null : new { duel.Contender.Reference!.Name, duel.Contender.Reference.SameAlgorithm, Code = duel.Contender.ReferenceCode, Course = Course(duel.Reference) },
            LargestWeightDifference = duel.FinalDifference,
        }),
        Sweeps = sweeps.Select(sweep => new { Optimizer = sweep.Contender.Name, sweep.BestLr, sweep.Trials }),
    }, Options) + "\n";

    private static object Course(Course course) => new { course.Steps, course.StepMilliseconds, course.FinalLoss, course.TestScore, course.Loss, course.Score };
}
