using OptimizerPaths;

// Draws what docs/optimizers.md shows: dotnet run --project samples/OptimizerPaths [folder]
if (args.Length > 1 || args is ["--help" or "-h"])
{
    Console.WriteLine("OptimizerPaths [folder]: draws the path of each optimizer on two functions into a folder, docs/pictures unless given.");
    return args.Length > 1 ? 2 : 0;
}

var folder = args is [var given] ? given : Path.Combine("docs", "pictures");
try
{
    Directory.CreateDirectory(folder);
    foreach (var picture in Pictures.All)
    {
        var paths = Landscape.Both.Select(landscape => picture.Contenders.Select(contender => Descent.Run(contender, landscape)).ToList()).ToList();
        File.WriteAllText(Path.Combine(folder, $"{picture.Name}.svg"), Drawing.Svg(picture, paths));
        for (var k = 0; k < paths.Count; k++)
            foreach (var path in paths[k]) Console.WriteLine($"{picture.Name,-14} {Landscape.Both[k].Name,-12} {path.Label,-46} f = {path.Value:g3}");
    }
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"The pictures cannot be written to '{folder}': {e.Message} Name another folder.");
    return 2;
}
