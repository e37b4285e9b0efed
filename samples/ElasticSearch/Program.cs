using System.CommandLine;
using ElasticDigits;

var steps = new Option<int>("--steps") { Description = "Steps of the search", DefaultValueFactory = _ => 200 };
steps.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var given }] && int.TryParse(given, out var number) && number < 1)
        result.AddError("--steps must be at least 1.");
});
var command = new RootCommand("Three silos on this machine search together; one is killed on the way, and another takes its place.")
{
    steps,
};
command.SetAction((arguments, cancellation) => Demonstration.Run(arguments.GetValue(steps), cancellation));

// What the demonstration starts: one silo.
var (port, gateway, primary) = (new Argument<int>("port"), new Argument<int>("gateway"), new Argument<int>("primary"));
var silo = new Command("silo", "Runs one silo until its standard input ends.") { port, gateway, primary };
silo.SetAction((arguments, _) => DigitsSilo.Run(arguments.GetValue(port), arguments.GetValue(gateway), arguments.GetValue(primary)));
command.Subcommands.Add(silo);
return await command.Parse(args).InvokeAsync();
