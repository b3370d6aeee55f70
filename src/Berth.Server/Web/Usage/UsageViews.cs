using Berth.Server.Web.Places;

namespace Berth.Server.Web.Usage;

/// <summary>What a project's or a group's images hold. Bytes; <c>Shared</c>: what of them is there more than once.</summary>
public sealed record UsageView(PlaceFrame Frame, long Size, long Shared, IReadOnlyList<UsageBar> Bars, UsageChart Chart, int Days);

/// <summary>A part of the whole: a repository, or a project of a group. <c>Note</c>: what else there is to say of it.</summary>
public sealed record UsageBar(string Name, string Url, long Size, string Note);

/// <summary>Bytes at a day's end, and by how much that day changed them.</summary>
public sealed record UsageDay(DateOnly Date, long Size, long Change);
