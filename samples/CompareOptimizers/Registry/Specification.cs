namespace CompareOptimizers.Registry;

/// <summary>An optimizer with options, as <c>--optimizer</c> takes it: <c>Adam:lr=1e-3,beta2=0.9</c>.</summary>
internal static class Specification
{
    private const string Lr = "lr";

    /// <summary>The contender that it asks for: the one of its name with the options that are given.</summary>
    /// <exception cref="UserException">There is no such optimizer or option, or the option has no such value.</exception>
    public static Contender Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return Contenders.Choose([text])[0];
        var known = Contenders.Choose([text[..colon]])[0];
        var given = text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries).Select(option => Split(option, text)).ToArray();
        var ours = new Factory(known.Code);
        if (given.FirstOrDefault(option => !ours.Options.Contains(option.name)) is { name: not null } unknown)
            throw new UserException($"{known.Name} has no option '{unknown.name}'; it has {string.Join(", ", ours.Options)}.");
        var lr = given.LastOrDefault(option => option.name == Lr).value is { } value ? (double)Value(ours, Lr, value, text) : known.Lr;
        var made = known with { Name = text, Lr = lr, Code = LambdaBody.With(known.Code, given), Make = Maker(known.Code, given, text), Reference = Reference(known, given, text) };
        using var tried = new TorchSharp.Modules.Parameter(TorchSharp.torch.zeros(1));
        made.Make([tried], lr).Dispose(); // refuses values out of range before anything is trained
        return made;
    }

    private static (string name, string value) Split(string option, string text)
    {
        var equal = option.IndexOf('=', StringComparison.Ordinal);
        return equal > 0 ? (option[..equal].Trim(), option[(equal + 1)..].Trim())
            : throw new UserException($"--optimizer is '{text}', but options are written NAME=VALUE with commas between, as in Adam:lr=1e-3,beta2=0.9.");
    }

    /// <summary>The reference with the same options; where it lacks one it is the closest only.</summary>
    private static Reference? Reference(Contender known, (string name, string value)[] given, string text)
    {
        if (known.Reference is not { } reference || given.All(option => option.name == Lr)) return known.Reference;
        var theirs = new Factory(reference.Code);
        (string, string)[] shared = [.. given.Where(option => theirs.Options.Contains(option.name))];
        return new(Maker(reference.Code, shared, text), LambdaBody.With(reference.Code, shared), reference.SameAlgorithm && shared.Length == given.Length);
    }

    private static Make Maker(string code, (string name, string value)[] given, string text)
    {
        var factory = new Factory(code);
        var values = LambdaBody.Options(code).Concat(given.Where(option => option.name != Lr))
            .GroupBy(option => option.name).ToDictionary(option => option.Key, option => Value(factory, option.Key, option.Last().value, text));
        return (parameters, lr) => factory.Make(parameters, new Dictionary<string, object>(values) { [Lr] = lr });
    }

    private static object Value(Factory factory, string name, string value, string text)
    {
        try
        {
            return factory.Parse(name, value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException)
        {
            throw new UserException($"--optimizer is '{text}', but {name} cannot be '{value}': {e.Message}", e);
        }
    }
}
