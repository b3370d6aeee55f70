namespace Berth.Server.Storage;

/// <summary>Tells the staged bytes of objects from those of clients' uploads, whose ids are hex digits alone.</summary>
internal static class UploadIds
{
    public const string ObjectPrefix = "object";

    public static bool IsObject(string id) => id.StartsWith(ObjectPrefix, StringComparison.Ordinal);
}
