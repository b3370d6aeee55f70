using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.WebUtilities;

namespace Berth.Tests.Access;

/// <summary>Registry tokens that this server did not sign are nobody's, however they are dressed.</summary>
public sealed class ForgedTokenTests(TestServer server)
{
    [Fact]
    public async Task Token_without_a_signature_is_refused()
    {
        var (_, payload, _) = await Real();
        foreach (var alg in new[] { "none", "None", "NONE", "" })
            await AssertRefused($"{Part(new JsonObject { ["alg"] = alg, ["typ"] = "JWT" })}.{payload}.");
    }

    [Fact]
    public async Task Signature_of_other_claims_is_refused()
    {
        var (header, payload, signature) = await Real();
        var claims = JsonNode.Parse(WebEncoders.Base64UrlDecode(payload))!.AsObject();
        claims["credential_id"] = 1;
        await AssertRefused($"{header}.{Part(claims)}.{signature}");
        await AssertRefused($"{header}.{payload}.{WebEncoders.Base64UrlEncode(new byte[64])}");
        await AssertRefused($"{header}.{payload}.");
        await AssertRefused($"{header}.{payload}");
    }

    [Fact]
    public async Task Public_key_as_a_shared_secret_is_refused()
    {
        var (header, payload, _) = await Real();
        var kid = JsonNode.Parse(WebEncoders.Base64UrlDecode(header))!["kid"]!.GetValue<string>();
        using var key = await PublicKey();
        var pem = Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem());
        foreach (var secret in new[] { key.ExportSubjectPublicKeyInfo(), pem, [.. pem, (byte)'\n'] })
        {
            var text = $"{Part(new JsonObject { ["alg"] = "HS256", ["kid"] = kid, ["typ"] = "JWT" })}.{payload}";
            await AssertRefused($"{text}.{WebEncoders.Base64UrlEncode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}");
        }
    }

    [Fact]
    public async Task Key_of_another_is_refused_under_every_name()
    {
        var (header, payload, _) = await Real();
        var kid = JsonNode.Parse(WebEncoders.Base64UrlDecode(header))!["kid"]!.GetValue<string>();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        JsonObject Jwk() => new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = kid, ["x"] = WebEncoders.Base64UrlEncode(point.X!), ["y"] = WebEncoders.Base64UrlEncode(point.Y!) };
        foreach (var forged in new[]
        {
            new JsonObject { ["alg"] = "ES256", ["kid"] = kid },
            new JsonObject { ["alg"] = "ES256", ["kid"] = "another" },
            new JsonObject { ["alg"] = "ES256" },
            new JsonObject { ["alg"] = "ES256", ["jwk"] = Jwk() },
            new JsonObject { ["alg"] = "ES256", ["kid"] = kid, ["jwk"] = Jwk() },
            new JsonObject { ["alg"] = "ES256", ["kid"] = kid, ["jku"] = "http://127.0.0.1:1/keys" },
        })
        {
            var text = $"{Part(forged)}.{payload}";
            await AssertRefused($"{text}.{WebEncoders.Base64UrlEncode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA")]
    public Task What_is_no_token_is_refused(string token) => AssertRefused(token);

    [Fact]
    public async Task Token_longer_than_any_of_ours_is_refused() => await AssertRefused(new string('a', 17 * 1024));

    private async Task AssertRefused(string token)
    {
        using var reply = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
        Assert.StartsWith("UNAUTHORIZED: ", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized));
    }

    private async Task<(string Header, string Payload, string Signature)> Real()
    {
        var token = await server.RegistryToken((await server.NewUser()).Basic);
        using var good = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        var parts = token.Split('.');
        return (parts[0], parts[1], parts[2]);
    }

    private async Task<ECDsa> PublicKey()
    {
        using var reply = await server.Send(HttpMethod.Get, "/-/jwks.json");
        var jwk = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["keys"]![0]!;
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = WebEncoders.Base64UrlDecode(jwk["x"]!.GetValue<string>()), Y = WebEncoders.Base64UrlDecode(jwk["y"]!.GetValue<string>()) },
        });
    }

    private static string Part(JsonNode json) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
