using System.Text;

namespace Berth.Tests.Fuzzing;

/// <summary>Changes an input in one to eight places: as noise would, as an attacker would, or by a piece of another input.</summary>
internal sealed class Mutator(Random random)
{
    /// <summary>Large enough for each limit on a text, small enough for a hundred thousand runs a second.</summary>
    private const int MaxLength = 16 * 1024;

    /// <summary>Pieces that mean something to one of the readers, and characters that other readers have stumbled over.</summary>
    private static readonly byte[][] Words = [.. new[]
    {
        "sha256:", "sha512:", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "/", "//", "..", ":", ".", "_", "__", "___", "-", "--", "a", "A",
        "bytes=", "bytes ", "/*", "*", ",", " ", "\t", "\n", "\r\n", "\0", "\u00e9", "\u017f", "\u212a", "\uff11", "\ufeff", "\ufffd", "\ud83d\ude00",
        "0", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e3", "2.0", "repository:", ":pull", ":pull,push", ",delete", "registry:catalog:*",
        "{", "}", "[", "]", "\"", "null", "true", "\\u0000", "\\ud800", "\\u006c", "\"config\":", "\"layers\":[", "\"manifests\":[", "\"subject\":", "\"mediaType\":", "\"digest\":",
        "\"size\":", "\"annotations\":{", "\"schemaVersion\":2,", "\"Layers\":[],", "\"urls\":[\"x\"],", "application/vnd.oci.image.index.v1+json",
        "/blobs/uploads/", "/manifests/", "/tags/list", "/referrers/", ".git", "/info/refs", "/-/", "v2/", "%2F", "%00", "Basic ", "Og==", "=",
        "&a ", "*a", "<<: *a\n", "!reference [", "!!binary ", "- ", "? ", ": ", "|\n", "'", "#", "---\n", "extends: ", "rules:\n", "if: $A =~ /", "needs: [", "$", "==", "&&",
    }.Select(Encoding.UTF8.GetBytes)];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 << random.Next(4); changes > 0; changes--)
            Change(bytes, other);
        if (bytes.Count > MaxLength)
            bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 1 << random.Next(1, 9)), bytes.Count - at);
        switch (random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 3 when length < bytes.Count:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..random.Next(from, other.Length + 1)]);
                break;
            case 6 when random.Next(8) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7 when at < bytes.Count && bytes[at] is >= (byte)'0' and <= (byte)'9':
                bytes[at] = (byte)('0' + random.Next(10));
                break;
            default:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
        }
    }
}
