using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Progress;

/// <summary>Is told how a comparison proceeds.</summary>
internal interface IDuelObserver
{
    void Started(Contender contender, int steps);
    void Stepped(Duel duel, int steps);
    void Evaluated(Duel duel, int step, int steps);
    void Ended(Duel duel);
}
