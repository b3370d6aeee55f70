using Berth.Runner.Commands;

return await RunnerCommand.Run(args);
