using System.CommandLine;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Commands;

/// <summary>The small verbs about runners that are in config.toml: <c>list</c>, <c>verify</c>, <c>unregister</c>.</summary>
internal static class RunnerVerbs
{
    public static Command List()
    {
        var command = new Command("list", "List the runners in config.toml.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var config = await RunnerCommand.File(parsed).Read(cancellationToken);
            foreach (var warning in config.Warnings)
                await Console.Error.WriteLineAsync(warning);
            foreach (var entry in config.Runners)
                Console.WriteLine($"{entry.Name}  {entry.Url}  {entry.ShortToken}  docker");
            return 0;
        });
        return command;
    }

    public static Command Verify()
    {
        var command = new Command("verify", "Ask the coordinators whether they know the runners in config.toml.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = RunnerCommand.File(parsed);
            var config = await file.Read(cancellationToken);
            var systemId = await SystemId.Load(file.FullPath, cancellationToken);
            var isGood = true;
            foreach (var entry in config.Runners)
            {
                using var client = new CoordinatorClient(entry);
                try
                {
                    await client.Verify(new RunnerIdentity(entry.Token, systemId), cancellationToken);
                    Console.WriteLine($"{entry.Name} ({entry.ShortToken}) is valid");
                }
                catch (CoordinatorException e)
                {
                    isGood = false;
                    Console.WriteLine($"{entry.Name} ({entry.ShortToken}) is not: {e.Message}");
                }
            }
            return isGood ? 0 : 1;
        });
        return command;
    }

    public static Command Unregister()
    {
        var url = new Option<string>("--url", "-u") { Description = "The coordinator.", Required = true };
        var token = new Option<string>("--token", "-t") { Description = "The runner's authentication token.", Required = true };
        var command = new Command("unregister", "Remove a runner from its coordinator; its lines in config.toml are for you to delete.") { url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var systemId = await SystemId.Load(RunnerCommand.File(parsed).FullPath, cancellationToken);
            using var client = new CoordinatorClient(parsed.GetValue(url)!.TrimEnd('/'));
            await client.Unregister(new RunnerIdentity(parsed.GetValue(token)!, systemId), cancellationToken);
            var shown = RunnerToken.Short(parsed.GetValue(token)!);
            Console.WriteLine(RunnerToken.IsAuthentication(parsed.GetValue(token)!)
                ? $"This machine is taken off the runner {shown}; the runner itself is removed at the coordinator, where it was made."
                : $"The runner {shown} is removed.");
            return 0;
        });
        return command;
    }
}
