using System.Text;
using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed class DigestTests
{
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string EmptySha512 =
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

    private static readonly Gen<Digest> Digests = Gen.OneOf(
        Gen.Byte.Array[32].Select(hash => Digest.FromHash(DigestAlgorithm.Sha256, hash)),
        Gen.Byte.Array[64].Select(hash => Digest.FromHash(DigestAlgorithm.Sha512, hash)));

    [Theory]
    [InlineData(DigestAlgorithm.Sha256, "sha256:" + EmptySha256)]
    [InlineData(DigestAlgorithm.Sha512, "sha512:" + EmptySha512)]
    public void Digest_of_nothing_is_the_one_of_FIPS_180(DigestAlgorithm algorithm, string text)
    {
        var digest = Digest.Of(algorithm, []);
        Assert.Equal(text, digest.ToString());
        Assert.Equal(algorithm, digest.Algorithm);
        Assert.Equal(text[7..], digest.Hex.ToString());
        Assert.Equal(digest, Digest.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData(EmptySha256)]
    [InlineData(":" + EmptySha256)]
    [InlineData("SHA256:" + EmptySha256)]
    [InlineData("sha384:" + EmptySha256)]
    [InlineData("sha512:" + EmptySha256)]
    [InlineData("sha256:" + EmptySha512)]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:" + EmptySha256 + "0")]
    [InlineData("sha256:" + EmptySha256 + "\n")]
    [InlineData(" sha256:" + EmptySha256)]
    [InlineData("sha256:../../../../../../etc/passwd/e4649b934ca495991b7852b855000000")]
    [InlineData("sha256:\uff11b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564")]
    public void Other_texts_are_no_digest(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Contains("sha256:", Assert.Throws<FormatException>(() => Digest.Parse(text)).Message);
    }

    [Fact]
    public void Parsing_what_was_printed_gives_the_digest_back() =>
        Digests.Sample(digest => Digest.Parse(digest.ToString()) == digest);

    [Fact]
    public void Reading_the_bytes_of_the_database_gives_the_digest_back() =>
        Digests.Sample(digest => Digest.FromBytes(digest.ToBytes()) == digest);

    [Fact]
    public void Database_bytes_begin_with_the_number_of_the_algorithm()
    {
        // These numbers are at rest in every database: they never change.
        Assert.Equal(1, Digest.Of(DigestAlgorithm.Sha256, []).ToBytes()[0]);
        Assert.Equal(2, Digest.Of(DigestAlgorithm.Sha512, []).ToBytes()[0]);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 31)]
    [InlineData(1, 33)]
    [InlineData(1, 64)]
    [InlineData(2, 32)]
    [InlineData(3, 32)]
    public void Bytes_of_another_algorithm_or_length_are_refused(byte algorithm, int length) =>
        Assert.Throws<FormatException>(() => Digest.FromBytes([algorithm, .. new byte[length]]));

    [Fact]
    public void A_hash_of_the_wrong_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Digest.FromHash(DigestAlgorithm.Sha256, new byte[64]));
        Assert.Throws<ArgumentException>(() => Digest.FromHash((DigestAlgorithm)3, new byte[32]));
        Assert.Throws<FormatException>(() => Digest.FromBytes([]));
    }

    [Fact]
    public void One_changed_bit_of_content_changes_the_digest() =>
        Gen.Select(Gen.Byte.Array[1, 200], Gen.Int[0, 1599]).Sample((content, bit) =>
        {
            var changed = content.ToArray();
            changed[bit / 8 % content.Length] ^= (byte)(1 << bit % 8);
            return Digest.Of(DigestAlgorithm.Sha256, content) != Digest.Of(DigestAlgorithm.Sha256, changed);
        });

    [Fact]
    public void A_default_digest_addresses_nothing() =>
        Assert.Throws<InvalidOperationException>(() => default(Digest).ToString());

    [Fact]
    public void No_text_that_parses_prints_otherwise() =>
        Gen.Char["0123456789abcdefABCDEF:sha\u00e9/."].Array[64].Select(hex => "sha256:" + new string(hex)).Sample(text =>
            !Digest.TryParse(text, out var digest) || (digest.ToString() == text && digest.Hex.Length == 64 && Encoding.UTF8.GetByteCount(text) == 71));
}
