using Berth.Server.Web.Home;
using Berth.Server.Web.Places;

namespace Berth.Server.Web.Administration;

/// <summary>Projects or groups, whichever the path is of.</summary>
public sealed record PlacesView(string Path, string Filter, IReadOnlyList<ProjectLine> Projects, IReadOnlyList<GroupLine> Groups, string? Next);
