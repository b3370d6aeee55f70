using System.Text;
using CsCheck;

namespace Berth.Tests.Oci;

/// <summary>Documents as a broken line or an attacker leaves them: cut, overwritten, with a piece doubled or taken out.</summary>
internal static class Damage
{
    /// <summary>Bytes that change the meaning of JSON more often than random ones do.</summary>
    private static readonly Gen<byte> Harmful = Gen.OneOf(Gen.Byte, Gen.Char["{}[]\",:\\u0129dnulltrue-. \u00ff"].Select(c => (byte)c));

    public static Gen<byte[]> Of(string document)
    {
        var whole = Encoding.UTF8.GetBytes(document);
        var place = Gen.Int[0, whole.Length];
        var cut = place.Select(end => whole[..end]);
        var overwritten = Gen.Select(Gen.Int[0, whole.Length - 1], Harmful).Array[1, 4].Select(changes =>
        {
            var bytes = whole.ToArray();
            foreach (var (at, value) in changes)
                bytes[at] = value;
            return bytes;
        });
        var spliced = Gen.Select(place, place, place).Select((a, b, c) => (byte[])[.. whole[..a], .. whole[Math.Min(b, c)..Math.Max(b, c)], .. whole[a..]]);
        var removed = Gen.Select(place, place).Select((a, b) => (byte[])[.. whole[..Math.Min(a, b)], .. whole[Math.Max(a, b)..]]);
        return Gen.OneOf(cut, overwritten, spliced, removed);
    }
}
