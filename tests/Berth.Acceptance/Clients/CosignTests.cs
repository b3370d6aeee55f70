using System.Net;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>
/// cosign with a key pair of the test's and nothing of the network: 2.5 (trixie) keeps what it makes under tags, 3.1 (forky) as
/// bundles that refer to the image.
/// </summary>
public sealed class CosignTests(Engine engine)
{
    private const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

    [Theory]
    [InlineData("trixie", "invalid signature")]
    [InlineData("forky", "could not verify envelope")]
    public async Task Cosign_signs_and_verifies_what_has_its_signature_and_nothing_else(string release, string saidOfAnotherKey)
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var cosign = await Cosign.SetUp(release, workstation, berth);
        var signed = await PushImage(berth, "signed");
        var unsigned = await PushImage(berth, "unsigned");

        (await cosign.Sign(signed)).Succeeded();
        var verified = (await cosign.Verify(signed)).Succeeded();
        Assert.Contains($"\"docker-manifest-digest\":\"{signed.Split('@')[1]}\"", verified, StringComparison.Ordinal);
        Assert.Contains("The signatures were verified against the specified public key", verified, StringComparison.Ordinal);
        (await cosign.Verify(unsigned)).FailedWith("no signatures found");
        await cosign.MakeKeys("stranger");
        (await cosign.Verify(signed, "stranger")).FailedWith(saidOfAnotherKey);
    }

    [Fact]
    public async Task Tree_of_cosign_2_shows_signature_attestation_and_bill_of_materials_under_tags()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var cosign = await Cosign.SetUp("trixie", workstation, berth);
        var image = await PushImage(berth, "app");
        await SignAndAttest(workstation, cosign, image);
        (await cosign.Run($"attach sbom --sbom bill.json {image}")).Succeeded();

        var tree = (await cosign.Run($"tree {image}")).Succeeded();
        var tag = $"{berth.Registry}/root/signing/app:{image.Split('@')[1].Replace(':', '-')}";
        Assert.Contains($"Signatures for an image tag: {tag}.sig", tree, StringComparison.Ordinal);
        Assert.Contains($"Attestations for an image tag: {tag}.att", tree, StringComparison.Ordinal);
        Assert.Contains($"SBOMs for an image tag: {tag}.sbom", tree, StringComparison.Ordinal);
        Assert.Contains("SPDX-2.3", (await cosign.Run($"download sbom {image}")).Succeeded(), StringComparison.Ordinal);
        Assert.Empty(await Referrers(berth, image));
    }

    [Fact]
    public async Task Tree_of_cosign_3_shows_signature_and_attestation_as_bundles_that_refer_to_the_image()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var cosign = await Cosign.SetUp("forky", workstation, berth);
        var image = await PushImage(berth, "app");
        await SignAndAttest(workstation, cosign, image);

        var bundles = await Referrers(berth, image);
        Assert.All(bundles, bundle => Assert.Equal(Bundle, bundle.GetProperty("artifactType").GetString()));
        Assert.Equal(["https://cosign.sigstore.dev/attestation/v1", "https://sigstore.dev/cosign/sign/v1"],
            bundles.Select(bundle => bundle.GetProperty("annotations").GetProperty("dev.sigstore.bundle.predicateType").GetString()).Order(StringComparer.Ordinal));
        var tree = (await cosign.Run($"tree {image}")).Succeeded();
        Assert.All(bundles, bundle => Assert.Contains($"artifacts via OCI referrer: {image.Split('@')[0]}@{bundle.GetProperty("digest").GetString()}", tree, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signature_that_was_made_elsewhere_verifies_once_it_is_attached_and_goes_with_a_copy()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var cosign = await Cosign.SetUp("trixie", workstation, berth);
        var image = await PushImage(berth, "app");

        (await cosign.Run($"generate {image} >payload.json")).Succeeded();
        (await cosign.Run("sign-blob --key mine.key --tlog-upload=false --yes --output-signature signature payload.json")).Succeeded();
        (await cosign.Verify(image)).FailedWith("no signatures found");
        (await cosign.Run($"attach signature --payload payload.json --signature signature {image}")).Succeeded();
        (await cosign.Verify(image)).Succeeded();

        (await cosign.Run($"copy {image} {berth.Registry}/root/elsewhere/app:1")).Succeeded();
        (await cosign.Verify($"{berth.Registry}/root/elsewhere/app:1")).Succeeded();
        (await cosign.Run($"clean --force {image}")).Succeeded();
        (await cosign.Verify(image)).FailedWith("no signatures found");
    }

    [Fact]
    public async Task Signature_that_refers_to_its_image_is_listed_by_its_artifact_type()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var cosign = await Cosign.SetUp("trixie", workstation, berth);
        var image = await PushImage(berth, "app");
        (await cosign.Sign(image, "--registry-referrers-mode oci-1-1", "COSIGN_EXPERIMENTAL=1")).Succeeded();
        var referrer = Assert.Single(await Referrers(berth, image));
        Assert.Equal("application/vnd.dev.cosign.artifact.sig.v1+json", referrer.GetProperty("artifactType").GetString());
    }

    private static async Task SignAndAttest(Workstation workstation, Cosign cosign, string image)
    {
        await File.WriteAllTextAsync($"{workstation.Home}/bill.json", """{"spdxVersion":"SPDX-2.3"}""", TestContext.Current.CancellationToken);
        (await cosign.Sign(image)).Succeeded();
        (await cosign.Attest(image, "bill.json")).Succeeded();
        Assert.Contains("application/vnd.in-toto+json", (await cosign.VerifyAttestation(image)).Succeeded(), StringComparison.Ordinal);
    }

    /// <summary>Pushes an image of root/signing and returns its name with its digest, as cosign wants it.</summary>
    private static async Task<string> PushImage(BerthProgram berth, string name)
    {
        using var client = new OciClient(berth.Url, $"root/signing/{name}");
        return $"{berth.Registry}/root/signing/{name}@{(await client.PushImage("latest")).Manifest}";
    }

    private static async Task<JsonElement[]> Referrers(BerthProgram berth, string image)
    {
        var parts = image.Split('@');
        using var client = new OciClient(berth.Url, parts[0][(berth.Registry.Length + 1)..]);
        using var reply = await client.Send(HttpMethod.Get, $"referrers/{parts[1]}");
        await OciClient.Expect(reply, HttpStatusCode.OK);
        return [.. JsonElement.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("manifests").EnumerateArray()];
    }
}
