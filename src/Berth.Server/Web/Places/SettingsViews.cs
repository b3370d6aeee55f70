namespace Berth.Server.Web.Places;

/// <summary>The settings of a project or group. <c>Owns</c>: the viewer may also move and delete it; <c>TrashDays</c>: how long a deleted project is kept.</summary>
public sealed record SettingsView(PlaceFrame Frame, FormView Form, FormView Rename, FormView Transfer, FormView Delete, bool Owns, IReadOnlyList<Choice> Homes, long TrashDays);
