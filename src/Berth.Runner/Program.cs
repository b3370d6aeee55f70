using Berth.Runner.Commands;

// Before anything registers a signal: the runtime looks once at what is ignored.
IgnoredQuit.End();
return await RunnerCommand.Run(args);
