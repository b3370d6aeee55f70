using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>One version of cosign in a home, logged in, with the key pair "mine".</summary>
internal sealed class Cosign
{
    private readonly Workstation _workstation;
    private readonly string _program;
    private readonly string _whereToLog;
    private readonly string _whomToTrust;

    private Cosign(Workstation workstation, string program, bool takesConfiguration)
    {
        (_workstation, _program) = (workstation, program);
        // From 3 on the public log is what a configuration names, and its root is fetched unless there is a file.
        (_whereToLog, _whomToTrust) = takesConfiguration
            ? ("--signing-config signing.json --trusted-root trusted.json", "--trusted-root trusted.json")
            : ("--tlog-upload=false", "");
    }

    public static async Task<Cosign> SetUp(string release, Workstation workstation, BerthProgram berth)
    {
        var cosign = new Cosign(workstation, NewerClients.Find(release, "cosign"), takesConfiguration: release != "trixie");
        (await workstation.Run($"{cosign._program} login -u root --password-stdin {berth.Registry}", BerthProgram.RootToken)).Succeeded();
        await cosign.MakeKeys("mine");
        if (cosign._whomToTrust.Length > 0)
        {
            // Both name no one.
            (await cosign.Run("signing-config create --out signing.json")).Succeeded();
            (await cosign.Run("trusted-root create --out trusted.json")).Succeeded();
        }
        return cosign;
    }

    public async Task MakeKeys(string name) => (await Run($"generate-key-pair --output-key-prefix {name}")).Succeeded();

    public Task<CommandResult> Sign(string image, string options = "", string environment = "") =>
        Run($"sign --key mine.key {_whereToLog} --yes {options} {image}", environment);

    public Task<CommandResult> Attest(string image, string predicate) =>
        Run($"attest --key mine.key {_whereToLog} --yes --type custom --predicate {predicate} {image}");

    public Task<CommandResult> Verify(string image, string key = "mine") =>
        Run($"verify --key {key}.pub --insecure-ignore-tlog=true {_whomToTrust} {image}");

    public Task<CommandResult> VerifyAttestation(string image) =>
        Run($"verify-attestation --key mine.pub --type custom --insecure-ignore-tlog=true {_whomToTrust} {image}");

    /// <summary>Runs it in the home, where the keys are.</summary>
    public Task<CommandResult> Run(string arguments, string environment = "") =>
        _workstation.Run($"cd {_workstation.Home} && env COSIGN_PASSWORD=acceptance {environment} {_program} {arguments}");
}
