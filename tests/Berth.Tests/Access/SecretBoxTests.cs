using System.Security.Cryptography;
using Berth.Server.Access;
using CsCheck;

namespace Berth.Tests.Access;

public sealed class SecretBoxTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, SecretBox.KeyBytes).Select(i => (byte)i)];

    private readonly SecretBox _box = new(Key);

    [Fact]
    public void What_was_sealed_is_opened_again() => Gen.Byte.Array[0, 300].Sample(plain => _box.Open("purpose", _box.Seal("purpose", plain)).AsSpan().SequenceEqual(plain));

    [Fact]
    public void One_changed_bit_keeps_it_shut()
    {
        var box = _box.Seal("purpose", "hunter2"u8);
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            box[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.ThrowsAny<CryptographicException>(() => _box.Open("purpose", box));
            box[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal("hunter2"u8, _box.Open("purpose", box));
    }

    [Fact]
    public void Another_purpose_or_key_keeps_it_shut()
    {
        var box = _box.Seal("ci_variables.value", "hunter2"u8);
        Assert.ThrowsAny<CryptographicException>(() => _box.Open("signing_keys.private_key", box));
        Assert.ThrowsAny<CryptographicException>(() => new SecretBox([.. Key.Reverse()]).Open("ci_variables.value", box));
    }

    [Fact]
    public void A_part_of_it_stays_shut()
    {
        var box = _box.Seal("purpose", "hunter2"u8);
        for (var length = 0; length < box.Length; length++)
            Assert.ThrowsAny<CryptographicException>(() => _box.Open("purpose", box.AsSpan(0, length)));
    }

    [Fact]
    public void The_same_text_is_sealed_differently_each_time() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(_box.Seal("purpose", "hunter2"u8))).Distinct().Count());

    [Fact]
    public void A_value_of_the_first_version_is_still_opened()
    {
        // Nonce, tag and ciphertext, as they stand in databases; made by OpenSSL's AES-256-GCM.
        var box = Convert.FromHexString("000102030405060708090a0b5cc69d7f68a4c403f9a02e2c49beb8e72f77b86fa097f0");
        Assert.Equal("hunter2"u8, _box.Open("purpose", box));
    }
}
