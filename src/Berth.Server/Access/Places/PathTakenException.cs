namespace Berth.Server.Access.Places;

/// <summary>Another transaction gave the path away, or took the group, between the look and the write: undoes this one.</summary>
internal sealed class PathTakenException() : Exception("The path is taken.");
