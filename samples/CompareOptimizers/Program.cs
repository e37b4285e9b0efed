using CompareOptimizers.Cli;

return CommandLine.Run(args);
