namespace Berth.Server.Access;

/// <summary>What can be done with a project's git repository: fetching is reading, pushing is writing.</summary>
internal enum GitActions
{
    Read,
    Write,
}
