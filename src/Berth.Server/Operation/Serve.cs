using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>berth, berth serve: runs until SIGTERM or Ctrl-C; then what runs has 30 s to end, and the program ends with 0.</summary>
internal static class Serve
{
    public static async Task<int> Verb(BerthSettings settings, CancellationToken cancellationToken)
    {
        var data = new DataDirectory(settings.DataDirectory);
        using var held = data.Lock();
        using var storage = new DiskStorage(data.Path, settings.MinimumFreeSpace, TimeProvider.System);
        var opening = Task.Run(() => Open(settings, data), CancellationToken.None);
        try
        {
            return await Run(settings, data, opening, storage, cancellationToken);
        }
        finally
        {
            if (await Task.WhenAny(opening) is { IsCompletedSuccessfully: true })
                await (await opening).Database.DisposeAsync();
        }
    }

    private static async Task<int> Run(
        BerthSettings settings, DataDirectory data, Task<(MetadataDatabase Database, bool IsFirst)> opening, DiskStorage storage, CancellationToken cancellationToken)
    {
        async Task<MetadataDatabase> Database() => (await opening).Database;
        await using var app = await BerthServer.Build(settings, data, Database(), storage, TimeProvider.System);
        var routes = Task.Run(() => BuildRoutes(app), CancellationToken.None);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            // What runs by itself has begun already; ended in order it has nothing to complain of.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        Banner.Print(settings, data, (await opening).IsFirst, app.Services);
        await routes;
        UnusedMemory.GiveBackStart();
        var givingBack = UnusedMemory.GiveBack(app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync(cancellationToken);
        await givingBack;
        return 0;
    }

    private static async Task<(MetadataDatabase Database, bool IsFirst)> Open(BerthSettings settings, DataDirectory data)
    {
        var database = Databases.Open(settings, data);
        try
        {
            using var passwords = new Passwords();
            return (database, await FirstRun.MakeRoot(database, settings, passwords, TimeProvider.System));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Loads the code of all routes. The first request builds them, for which it would wait 130 ms; once loaded, it builds them in 8 ms.
    /// </summary>
    private static void BuildRoutes(IEndpointRouteBuilder routes)
    {
        foreach (var source in routes.DataSources)
            _ = source.Endpoints.Count;
    }
}
