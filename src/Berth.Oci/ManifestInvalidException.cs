namespace Berth.Oci;

/// <summary>
/// The bytes are no manifest that Berth takes. The message is for the one who pushed: it names the field and the way out,
/// and quotes at most 100 characters of the document.
/// </summary>
public sealed class ManifestInvalidException : Exception
{
    public ManifestInvalidException(string message)
        : base(message)
    {
    }

    public ManifestInvalidException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
