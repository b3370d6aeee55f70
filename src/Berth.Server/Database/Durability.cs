namespace Berth.Server.Database;

/// <summary>What an acknowledged write survives.</summary>
internal enum Durability
{
    /// <summary>The end of the process, also by kill -9. For rows whose loss costs a client nothing but doing it again.</summary>
    Process,

    /// <summary>Power loss: the write is synced before it is acknowledged.</summary>
    Power,
}
