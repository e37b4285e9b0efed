#:property IsTestProject=false
#:property GenerateProgramFile=false
using System.Diagnostics;
using System.Text.RegularExpressions;

// dotnet run tests/PublicApi/Record.cs, in the root of what is built: brings each library's PublicAPI.Unshipped.txt to what the analyzer finds.
foreach (var project in Directory.GetFiles("src", "*.csproj", SearchOption.AllDirectories))
{
    var record = Path.Combine(Path.GetDirectoryName(project)!, "PublicAPI.Unshipped.txt");
    if (!File.Exists(record)) continue;
    var found = Regex.Matches(Build(project), @"(RS0016|RS0017): Symbol '(.*)' is (not )?part of the declared");
    var lines = File.ReadAllLines(record).ToHashSet();
    foreach (var symbol in found.Where(m => m.Groups[1].Value == "RS0016")) lines.Add(symbol.Groups[2].Value);
    foreach (var symbol in found.Where(m => m.Groups[1].Value == "RS0017")) lines.Remove(symbol.Groups[2].Value);
    File.WriteAllLines(record, lines.Order(StringComparer.Ordinal));
    Console.WriteLine($"{record}: {found.Select(m => m.Value).Distinct().Count()} lines changed");
}

static string Build(string project)
{
    string[] arguments = ["build", project, "--no-incremental", "--no-dependencies", "--nologo", "-p:TreatWarningsAsErrors=false"];
    using var build = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
    var output = build.StandardOutput.ReadToEnd();
    build.WaitForExit();
    return build.ExitCode == 0 ? output : throw new InvalidOperationException(output);
}
