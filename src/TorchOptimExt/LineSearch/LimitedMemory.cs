using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The memory of a limited-memory BFGS method: the last pairs of a step s and the change y of the gradient along it, and the product of the
/// approximate inverse Hessian H that they define with a vector.
/// <code>
/// H = γI + S·(R⁻ᵀ(D + γYᵀY)R⁻¹·Sᵀ − γR⁻ᵀ·Yᵀ) − γY·R⁻¹·Sᵀ,   γ = sᵀy/yᵀy of the newest pair
/// R the upper triangle of SᵀY, oldest pair first, D its diagonal
/// </code>
/// </summary>
/// <remarks>
/// A vector is a list of tensors, one for each parameter. The compact form reads S and Y twice for a product, once for their scalar
/// products with the vector (and with the newest y) and once to combine them, and makes no vector of its own but the result.
/// <para>Sources: R. H. Byrd, J. Nocedal, R. B. Schnabel, "Representations of Quasi-Newton Matrices and Their Use in Limited Memory
/// Methods", 1994, equation 3.1; D. C. Liu and J. Nocedal, "On the Limited Memory BFGS Method for Large Scale Optimization", 1989.</para>
/// </remarks>
public sealed class LimitedMemory
{
    /// <summary>A pair counts where sᵀy is greater than this times ‖s‖·‖y‖.</summary>
    private const double LeastCurvature = 1e-10;

    private readonly IReadOnlyList<(Tensor steps, Tensor changes)> rows;    // one row a pair
    private readonly double[] numbers;
    private readonly int history;
    private readonly RowProducts products = new();
    private readonly RowCombination combination = new();
    private readonly PairPass pairs = new();

    /// <summary>Over rows and numbers that someone else keeps.</summary>
    internal LimitedMemory(IReadOnlyList<(Tensor steps, Tensor changes)> rows, double[] numbers, int history) =>
        (this.rows, this.numbers, this.history) = (rows, numbers, history);

    /// <summary>Creates an empty memory. Its tensors belong to the open dispose scope, if there is one.</summary>
    /// <param name="like">Tensors of the shapes, devices and dtypes of the vector's parts; the memory is float32 for float16 and
    /// bfloat16.</param>
    /// <param name="history">The most pairs that are kept; ≥ 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="like"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="history"/> is smaller than 1.</exception>
    public LimitedMemory(IEnumerable<Tensor> like, int history)
    {
        ArgumentNullException.ThrowIfNull(like);
        ArgumentOutOfRangeException.ThrowIfLessThan(history, 1);
        (rows, numbers, this.history) = ([.. like.Select(tensor => Rows(tensor, history))], Numbers(history), history);
    }

    /// <summary>How many pairs are kept.</summary>
    public int Count
    {
        get => (int)numbers[0];
        private set => numbers[0] = value;
    }

    /// <summary>Whether so many pairs are kept that they can span the whole space.</summary>
    public bool Spans => rows.Sum(row => row.steps.shape[1]) <= history;

    // Where the next pair goes; and the place of one whose products with the others are not known yet, plus 1.
    private int Next { get => (int)numbers[1]; set => numbers[1] = value; }
    private int Unknown { get => (int)numbers[2]; set => numbers[2] = value; }

    internal static (Tensor steps, Tensor changes) Rows(Tensor tensor, int history)
    {
        using var quiet = no_grad();
        var dtype = tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : tensor.dtype;
        return (zeros(history, tensor.NumberOfElements, dtype: dtype, device: tensor.device),
            zeros(history, tensor.NumberOfElements, dtype: dtype, device: tensor.device));
    }

    /// <summary>The numbers of an empty memory: count, next, unknown, then SᵀY and YᵀY by place.</summary>
    internal static double[] Numbers(int history) => new double[3 + 2 * history * history];

    /// <summary>Keeps a pair in place of the oldest, unless its curvature sᵀy is not positive beyond rounding.</summary>
    /// <param name="step">s: how far the parameters moved. A part is null where they did not.</param>
    /// <param name="change">y: by how much the gradient changed. A part is null where it did not.</param>
    /// <param name="excess">By how much the curvature along s is taken for greater than sᵀy, the average along the step: y +
    /// excess/sᵀs · s is kept then. Below 0 nothing counts: a curvature that is taken for too small makes the steps that follow too
    /// long.</param>
    /// <returns>Whether the pair was kept.</returns>
    /// <exception cref="ArgumentException">The vectors do not have as many parts as the memory, or a part has another number of
    /// elements.</exception>
    public bool Add(IReadOnlyList<Tensor?> step, IReadOnlyList<Tensor?> change, double excess = 0)
    {
        Check(step, nameof(step));
        Check(change, nameof(change));
        return Add([.. step.Zip(change, (s, y) => new PairPart(s, 1, y, null))], excess);
    }

    /// <summary>Keeps a pair whose parts need not be made: they are written into their rows.</summary>
    internal bool Add(IReadOnlyList<PairPart> pair, double excess)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (curvature, length, size) = Measure(pair);
        if (!(curvature > LeastCurvature * Math.Sqrt(length) * Math.Sqrt(size) && double.IsFinite(curvature))) return false;
        if (Unknown > 0) Know(Products(new Tensor?[rows.Count], Unknown - 1), Unknown - 1);
        var place = Next;
        for (var p = 0; p < rows.Count; p++) Put(pair[p], p, place, excess > 0 && double.IsFinite(excess) ? excess / length : 0);
        (Next, Count, Unknown) = ((place + 1) % history, Math.Min(Count + 1, history), place + 1);
        return true;
    }

    // sᵀy, sᵀs and yᵀy.
    private (double curvature, double length, double size) Measure(IReadOnlyList<PairPart> pair)
    {
        var (curvature, length, size) = (0.0, 0.0, 0.0);
        for (var p = 0; p < rows.Count; p++)
        {
            var (sy, ss, yy) = pair[p].Known ?? (pair[p].IsPlain(rows[p].steps) ? pairs.Measure(pair[p])
                : Products(pair[p].Step(), pair[p].Change()));
            (curvature, length, size) = (curvature + sy, length + ss, size + yy);
        }
        return (curvature, length, size);

        static (double, double, double) Products(Tensor? s, Tensor? y) =>
            (s is null || y is null ? 0 : Leg.Dot(s, y), s is null ? 0 : Leg.Dot(s, s), y is null ? 0 : Leg.Dot(y, y));
    }

    private void Put(in PairPart part, int p, int place, double excess)
    {
        using var scope = NewDisposeScope();
        var (s, y) = (rows[p].steps[place], rows[p].changes[place]);
        if (part.IsPlain(rows[p].steps))
        {
            pairs.Write(part, s, y, excess);
            return;
        }
        Put(s, part.Step());
        Put(y, part.Change());
        if (excess != 0) y.add_(s, alpha: excess);
    }

    /// <summary>H·v; the vector itself where no pair is kept.</summary>
    /// <param name="vector">v; a part is null where it is 0.</param>
    /// <returns>A part for each of the vector's, in the memory's dtype, in a row; null where the vector's is. They belong to the open
    /// dispose scope.</returns>
    /// <exception cref="ArgumentException">The vector does not have as many parts as the memory, or a part has another number of
    /// elements.</exception>
    public IReadOnlyList<Tensor?> Times(IReadOnlyList<Tensor?> vector)
    {
        Check(vector, nameof(vector));
        using var scope = NewDisposeScope();
        return [.. Multiply(vector, (_, like) => empty_like(like)).Select(product => product.Part?.MoveToOuterDisposeScope())];
    }

    /// <summary>H·v, with what is known of it then.</summary>
    /// <param name="vector">v; a part is null where it is 0.</param>
    /// <param name="room">Gives a contiguous tensor like the one that it gets, with any elements, for the part of that place.</param>
    internal IReadOnlyList<MemoryProduct> Multiply(IReadOnlyList<Tensor?> vector, Func<int, Tensor, Tensor> room)
    {
        using var quiet = no_grad();
        if (Count == 0)
            return [.. vector.Select((part, p) => new MemoryProduct(part is null ? null : Row(part, rows[p].steps.dtype).clone()))];
        var products = Products(vector, Unknown - 1);
        if (Unknown > 0) Know(products, Unknown - 1);
        var (gamma, first, second) = Weights(products);
        return [.. rows.Select((row, p) => vector[p] is { } part
            ? Combine(row, Row(part, row.steps.dtype), gamma, first, second, like => room(p, like)) : new(null))];
    }

    /// <summary>Forgets all pairs.</summary>
    public void Clear() => Array.Clear(numbers);

    // The scalar products of every kept s and y with the vector, and with the newest y where they are wanted.
    private (double[] sv, double[] yv, double[] sy, double[] yy) Products(IReadOnlyList<Tensor?> vector, int newest)
    {
        using var scope = NewDisposeScope();
        var (steps, changes) = (new double[2 * history], new double[2 * history]);
        for (var p = 0; p < rows.Count; p++)
        {
            var part = vector[p] is { } v ? Row(v, rows[p].steps.dtype) : null;
            var column = newest >= 0 ? rows[p].changes[newest] : null;
            if (part is null && column is null) continue;
            var at = part is null ? 1 : 0;
            if (part?.NumberOfElements == 0) continue;
            List<Tensor> vectors = part is null ? [column!] : column is null ? [part] : [part, column];
            if (RowPass.Takes([rows[p].steps, .. vectors]))
            {
                Spread(this.products.Of(Split(rows[p].steps), vectors), steps, at, vectors.Count);
                Spread(this.products.Of(Split(rows[p].changes), vectors), changes, at, vectors.Count);
                continue;
            }
            var columns = part is null ? column!.unsqueeze(1) : column is null ? part.unsqueeze(1) : stack([part, column], 1);
            Collect(rows[p].steps.mm(columns), steps, at);
            Collect(rows[p].changes.mm(columns), changes, at);
        }
        return (Column(steps, 0), Column(changes, 0), Column(steps, 1), Column(changes, 1));

        double[] Column(double[] table, int k) => table[(k * history)..((k + 1) * history)];
    }

    private void Collect(Tensor products, double[] table, int at)
    {
        var found = products.t().contiguous().to(ScalarType.Float64, CPU).data<double>().ToArray();
        for (var k = 0; k < found.Length; k++) table[at * history + k] += found[k];
    }

    // Only the rows that are kept.
    private Tensor[] Split(Tensor table) => [.. Enumerable.Range(0, Count).Select(k => table[k])];

    private void Spread(double[] products, double[] table, int at, int vectors)
    {
        for (var k = 0; k < products.Length; k++) table[(at + k % vectors) * history + k / vectors] += products[k];
    }

    private void Know((double[] sv, double[] yv, double[] sy, double[] yy) products, int place)
    {
        for (var k = 0; k < history; k++)
        {
            StepsChanges(k, place) = products.sy[k];
            Changes(k, place) = Changes(place, k) = products.yy[k];
        }
        Unknown = 0;
    }

    // The factors of v, of each s and of each y in H·v, by place.
    private (double gamma, double[] steps, double[] changes) Weights((double[] sv, double[] yv, double[] sy, double[] yy) products)
    {
        var (count, oldest) = (Count, (Next - Count + history) % history);
        var order = Enumerable.Range(0, count).Select(k => (oldest + k) % history).ToArray();
        var newest = order[^1];
        var gamma = StepsChanges(newest, newest) / Changes(newest, newest);
        var u = new double[count];          // R⁻¹Sᵀv
        for (var i = count - 1; i >= 0; i--)
        {
            u[i] = products.sv[order[i]];
            for (var j = i + 1; j < count; j++) u[i] -= StepsChanges(order[i], order[j]) * u[j];
            u[i] /= StepsChanges(order[i], order[i]);
        }
        var w = new double[count];          // R⁻ᵀ((D + γYᵀY)u − γYᵀv)
        for (var i = 0; i < count; i++)
        {
            w[i] = StepsChanges(order[i], order[i]) * u[i] - gamma * products.yv[order[i]];
            for (var j = 0; j < count; j++) w[i] += gamma * Changes(order[i], order[j]) * u[j];
            for (var j = 0; j < i; j++) w[i] -= StepsChanges(order[j], order[i]) * w[j];
            w[i] /= StepsChanges(order[i], order[i]);
        }
        var (steps, changes) = (new double[history], new double[history]);
        for (var i = 0; i < count; i++) (steps[order[i]], changes[order[i]]) = (w[i], -gamma * u[i]);
        return (gamma, steps, changes);
    }

    private MemoryProduct Combine((Tensor steps, Tensor changes) row, Tensor vector, double gamma, double[] steps, double[] changes,
        Func<Tensor, Tensor> room)
    {
        if (vector.NumberOfElements == 0 || !RowPass.Takes(vector, row.steps))
        {
            var sum = vector.mul(gamma).addmv_(row.steps.t(), tensor(steps, dtype: row.steps.dtype, device: row.steps.device));
            return new(sum.addmv_(row.changes.t(), tensor(changes, dtype: row.steps.dtype, device: row.steps.device)));
        }
        var result = room(vector);
        using var scope = NewDisposeScope();
        var (along, square) = combination.Of(result, [vector, .. Split(row.steps), .. Split(row.changes)],
            [gamma, .. steps[..Count], .. changes[..Count]]);
        return new(result, along, square);
    }

    private ref double StepsChanges(int i, int j) => ref numbers[3 + i * history + j];

    private ref double Changes(int i, int j) => ref numbers[3 + (history + i) * history + j];

    private static void Put(Tensor row, Tensor? part)
    {
        if (part is null) row.zero_();
        else row.copy_(part.reshape(-1));
    }

    private static Tensor Row(Tensor part, ScalarType dtype) => part.reshape(-1).to_type(dtype);

    private void Check(IReadOnlyList<Tensor?> vector, string name)
    {
        ArgumentNullException.ThrowIfNull(vector, name);
        if (vector.Count != rows.Count) throw new ArgumentException($"The vector has {vector.Count} parts, the memory {rows.Count}.", name);
        for (var p = 0; p < rows.Count; p++)
            if (vector[p] is { } part && part.NumberOfElements != rows[p].steps.shape[1])
                throw new ArgumentException($"Part {p} has {part.NumberOfElements} elements, the memory's {rows[p].steps.shape[1]}.", name);
    }
}
