using System.Diagnostics;
using Berth.Server.Access;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>berth check: one line for each thing that Berth needs; 1 if one of them is not right.</summary>
internal static class Check
{
    public static async Task<int> Verb(BerthSettings settings, CancellationToken cancellationToken)
    {
        var data = DataDirectory.Existing(settings.DataDirectory);
        Console.WriteLine($"ok    settings: pages at {settings.ExternalOrigin}, images at {settings.RegistryHost}, data in {data.Path}");
        var right = await Report("database", async () =>
        {
            await using var database = Databases.Open(settings, data);
            await SigningKeys.Load(database, new SecretBox(settings.SecretsKey ?? data.SecretsKey()), TimeProvider.System);
            return $"{database.Dialect.Name}, schema up to date, SecretsKey opens it";
        });
        right &= await Report("storage", async () =>
        {
            using var storage = new DiskStorage(data.Path, settings.MinimumFreeSpace, TimeProvider.System);
            storage.EnsureRoom(0);
            const string Probe = "berthcheck000000";
            (await storage.OpenUpload(Probe, 0, cancellationToken)).Dispose();
            await storage.DeleteUpload(Probe, cancellationToken);
            return "can be written, room is left";
        });
        right &= await Report("git", async () => await Output("git", "--version", cancellationToken));
        return right ? 0 : 1;
    }

    private static async Task<bool> Report(string what, Func<Task<string>> check)
    {
        try
        {
            Console.WriteLine($"ok    {what}: {await check()}");
            return true;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Console.WriteLine($"wrong {what}: {problem.Message}");
            return false;
        }
    }

    private static async Task<string> Output(string program, string argument, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true })
            ?? throw new OperatorException($"{program} is not on PATH");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return output.Trim();
    }
}
