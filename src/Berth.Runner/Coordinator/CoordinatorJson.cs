using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Runner.Coordinator;

/// <summary>The JSON of the runner API: snake case, unknown fields ignored, null left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.Strict,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobUpdate))]
[JsonSerializable(typeof(Registration))]
[JsonSerializable(typeof(RegistrationReply))]
[JsonSerializable(typeof(RunnerIdentity))]
internal sealed partial class CoordinatorJson : JsonSerializerContext;
