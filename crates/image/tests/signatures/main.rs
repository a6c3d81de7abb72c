//! Images in a registry on this machine, with signatures made here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

mod registry;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kubescape_image::registry::{Credentials, Registry};
use kubescape_image::signature::{PublicKey, Signatures};
use registry::{LocalRegistry, Manner, digest_of};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rsa::pkcs8::EncodePrivateKey;
use spki::der::asn1::{Any, BitString, ObjectIdentifier};
use spki::der::pem::LineEnding;
use spki::der::{Decode, Encode, EncodePem, Tag};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// Somebody who signs.
enum Signer {
    Ecdsa(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    fn p256() -> Self {
        Self::ecdsa("1.2.840.10045.3.1.7")
    }

    fn ecdsa(curve: &'static str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::Ecdsa(
            EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap(),
            curve,
        )
    }

    fn ed25519() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    fn rsa() -> Self {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        Self::Rsa(RsaKeyPair::from_pkcs8(key.to_pkcs8_der().unwrap().as_bytes()).unwrap())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair, _) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    fn public_pem(&self) -> String {
        let oid = |text: &str| ObjectIdentifier::new(text).unwrap();
        let (kind, parameters, bytes) = match self {
            Self::Ecdsa(pair, curve) => (
                "1.2.840.10045.2.1",
                Some(Any::from_der(&oid(curve).to_der().unwrap()).unwrap()),
                pair.public_key().as_ref(),
            ),
            Self::Ed25519(pair) => ("1.3.101.112", None, pair.public_key().as_ref()),
            Self::Rsa(pair) => (
                "1.2.840.113549.1.1.1",
                Some(Any::new(Tag::Null, Vec::new()).unwrap()),
                pair.public_key().as_ref(),
            ),
        };
        SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned {
                oid: oid(kind),
                parameters,
            },
            subject_public_key: BitString::from_bytes(bytes).unwrap(),
        }
        .to_pem(LineEnding::LF)
        .unwrap()
    }
}

const P384_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAElECmtcMzFoJiyb4MlttpiLzs8k23tRjG
hMreiuqZNljPgLLCLqyxOjm1jLcWQ3hbjMvutJoprFf1eUTeZFVXloN2n9wG7W2U
AxluYR7cWRnUYP5R1YZRLdyGA4hdLJPt
-----END PUBLIC KEY-----
";
const P384_SIGNATURE: &str = "MGUCMHKq4Z5McGAjw5M4nRrHJFFOTrphzBqdWQdkqHPvFmYd171XlA8U8hKrg0NOEU3zSQIxAPJudxRkqd1OdAeR0bDlxxtuReypRs7kKCAgRX3QsE7xWCQmU+CfijztERblQw/Trg==";

const IMAGE: &str = r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
    "layers": []}"#;

/// A claim about a digest.
fn claim(digest: &str) -> String {
    format!(
        r#"{{"critical": {{"identity": {{"docker-reference": "shop/app"}}, "image": {{"docker-manifest-digest": "{digest}"}}, "type": "cosign container image signature"}}, "optional": null}}"#
    )
}

/// A manifest with one claim as its layer.
fn signed_manifest(registry: &LocalRegistry, claim: &str, signature: &[u8]) -> String {
    let digest = registry.blob(claim.as_bytes());
    let size = claim.len();
    let signature = STANDARD.encode(signature);
    let config = digest_of(b"{}");
    format!(
        r#"{{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {{"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": "{config}"}},
        "layers": [{{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "size": {size}, "digest": "{digest}",
        "annotations": {{"dev.cosignproject.cosign/signature": "{signature}"}}}}]}}"#
    )
}

/// Puts a signature under the tag of the digest.
fn tag_signature(registry: &LocalRegistry, digest: &str, claim: &str, signature: &[u8]) {
    let manifest = signed_manifest(registry, claim, signature);
    registry.manifest(&format!("{}.sig", digest.replace(':', "-")), &manifest);
}

fn signatures() -> Signatures {
    Signatures::new(Registry::new(
        Credentials::default(),
        ureq::tls::RootCerts::WebPki,
    ))
}

#[track_caller]
fn check(found: Result<bool, impl std::fmt::Display>, expected: Result<bool, &str>) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected),
        (Err(found), Err(expected)) => {
            let found = found.to_string();
            assert!(found.contains(expected), "{found}");
        }
        (Ok(found), Err(expected)) => panic!("{found}, not the error {expected}"),
        (Err(found), Ok(expected)) => panic!("{found}, not {expected}"),
    }
}

#[test]
fn tagged_signatures() {
    let registry = LocalRegistry::start(Manner::Open);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let (owner, stranger) = (Signer::p256(), Signer::p256());

    check(signatures().exist(&image), Ok(false));
    check(signatures().verify(&image, &owner.public_pem()), Ok(false));

    let claim = claim(&digest);
    tag_signature(&registry, &digest, &claim, &owner.sign(claim.as_bytes()));
    let found = signatures();
    check(found.exist(&image), Ok(true));
    check(found.verify(&image, &owner.public_pem()), Ok(true));
    check(
        found.verify(&image, &owner.public_pem().replace('\n', "\\n")),
        Ok(true),
    );
    check(found.verify(&image, &stranger.public_pem()), Ok(false));
    let requests = registry.requests();
    check(found.exist(&image), Ok(true));
    assert_eq!(registry.requests(), requests, "each image is looked up once");
    check(
        signatures().verify(
            &format!("{}/shop/app@{digest}", registry.host),
            &owner.public_pem(),
        ),
        Ok(true),
    );
    check(found.verify(&image, "not a key"), Err("no public key in PEM"));
    check(found.exist("Not A Name"), Err("is no name of an image"));
    check(
        found.exist(&format!("{}/shop/app:2", registry.host)),
        Err("is not in its registry"),
    );
}

#[test]
fn a_claim_about_another_image_does_not_count() {
    let registry = LocalRegistry::start(Manner::Open);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let owner = Signer::p256();
    let claim = claim(&digest_of(b"another image"));
    tag_signature(&registry, &digest, &claim, &owner.sign(claim.as_bytes()));
    check(signatures().exist(&image), Ok(false));
    check(signatures().verify(&image, &owner.public_pem()), Ok(false));
}

#[test]
fn a_changed_claim_does_not_verify() {
    let registry = LocalRegistry::start(Manner::Open);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let owner = Signer::p256();
    let signature = owner.sign(claim(&digest_of(b"another image")).as_bytes());
    tag_signature(&registry, &digest, &claim(&digest), &signature);
    check(signatures().exist(&image), Ok(true));
    check(signatures().verify(&image, &owner.public_pem()), Ok(false));

    // The registry hands out other bytes than the digest of the layer says.
    let registry = LocalRegistry::start(Manner::Open);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let text = claim(&digest);
    tag_signature(&registry, &digest, &text, &owner.sign(text.as_bytes()));
    registry.put(&format!("blobs/{}", digest_of(text.as_bytes())), b"changed");
    check(
        signatures().exist(&image),
        Err("answered content with the digest"),
    );
}

#[test]
fn kinds_of_keys() {
    let signers = [Signer::p256(), Signer::ed25519(), Signer::rsa()];
    for signer in signers {
        let pem = signer.public_pem();
        let key = PublicKey::from_pem(&pem).unwrap();
        let signature = signer.sign(b"message");
        assert!(key.verifies(b"message", &signature), "{pem}");
        assert!(!key.verifies(b"massage", &signature), "{pem}");
        assert!(!key.verifies(b"message", b"nonsense"), "{pem}");
    }
    // Made with `openssl dgst -sha256 -sign`.
    let key = PublicKey::from_pem(P384_KEY).unwrap();
    let signature = STANDARD.decode(P384_SIGNATURE).unwrap();
    assert!(key.verifies(b"message", &signature));
    assert!(!key.verifies(b"massage", &signature));
    let other_curve = Signer::ecdsa("1.3.132.0.10");
    assert!(PublicKey::from_pem(&other_curve.public_pem()).is_err());
}

#[test]
fn referrers() {
    let registry = LocalRegistry::start(Manner::Open);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let (claims, bundles) = (Signer::p256(), Signer::ed25519());

    let text = claim(&digest);
    let first = registry.manifest(
        "a",
        &signed_manifest(&registry, &text, &claims.sign(text.as_bytes())),
    );
    let statement = format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "subject": [{{"name": "", "digest": {{"sha256": "{}"}}}}], "predicateType": "https://sigstore.dev/cosign/sign/v1", "predicate": {{}}}}"#,
        digest.trim_start_matches("sha256:")
    );
    let kind = "application/vnd.in-toto+json";
    let signed = format!("DSSEv1 {} {kind} {} {statement}", kind.len(), statement.len());
    let bundle = format!(
        r#"{{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {{"publicKey": {{"hint": ""}}}},
        "dsseEnvelope": {{"payload": "{}", "payloadType": "{kind}", "signatures": [{{"sig": "{}"}}]}}}}"#,
        STANDARD.encode(&statement),
        STANDARD.encode(bundles.sign(signed.as_bytes()))
    );
    let layer = registry.blob(bundle.as_bytes());
    let second = registry.manifest(
        "b",
        &format!(
            r#"{{"schemaVersion": 2, "config": {{"mediaType": "application/vnd.oci.empty.v1+json", "size": 2, "digest": "{}"}},
            "layers": [{{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "size": {}, "digest": "{layer}"}}]}}"#,
            digest_of(b"{}"),
            bundle.len()
        ),
    );
    let entry = |digest: &str, kind: &str| {
        format!(
            r#"{{"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1, "digest": "{digest}", "artifactType": "{kind}"}}"#
        )
    };
    let index = format!(
        r#"{{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [{}, {}, {}]}}"#,
        entry(&first, "application/vnd.dev.cosign.artifact.sig.v1+json"),
        entry(&second, "application/vnd.dev.sigstore.bundle.v0.3+json"),
        entry(&digest_of(b"an sbom"), "application/spdx+json"),
    );

    let expect = |expected: bool| {
        let found = signatures();
        check(found.exist(&image), Ok(expected));
        check(found.verify(&image, &claims.public_pem()), Ok(expected));
        check(found.verify(&image, &bundles.public_pem()), Ok(expected));
        check(found.verify(&image, &Signer::p256().public_pem()), Ok(false));
    };
    expect(false);
    // A registry without the interface keeps the list under a tag.
    registry.manifest(&digest.replace(':', "-"), &index);
    expect(true);
    registry.put(
        &format!("referrers/{digest}"),
        br#"{"schemaVersion": 2, "manifests": []}"#,
    );
    expect(false);
    registry.put(&format!("referrers/{digest}"), index.as_bytes());
    expect(true);
}

#[test]
fn credentials() {
    let registry = LocalRegistry::start(Manner::Token);
    let image = format!("{}/shop/app:1", registry.host);
    let digest = registry.manifest("1", IMAGE);
    let owner = Signer::p256();
    let text = claim(&digest);
    tag_signature(&registry, &digest, &text, &owner.sign(text.as_bytes()));
    check(signatures().exist(&image), Err("wants credentials"));
    let configuration = format!(r#"{{"auths": {{"{}": {{"auth": "dTpw"}}}}}}"#, registry.host);
    let credentials = Credentials::from_docker_config(&configuration).unwrap();
    let found = Signatures::new(Registry::new(credentials, ureq::tls::RootCerts::WebPki));
    check(found.verify(&image, &owner.public_pem()), Ok(true));
}

#[test]
fn hostile_registries() {
    let registry = LocalRegistry::start(Manner::Endless);
    check(
        signatures().exist(&format!("{}/shop/app:1", registry.host)),
        Err("answered more than 4194304 bytes"),
    );
    // Nobody listens; the second image of the registry does not wait again.
    let found = signatures();
    check(
        found.exist("localhost:1/shop/app:1"),
        Err("localhost:1 does not answer"),
    );
    check(
        found.exist("localhost:1/shop/app:2"),
        Err("localhost:1 did not answer before"),
    );
    let registry = LocalRegistry::start(Manner::Open);
    registry.manifest("1", IMAGE);
    let tag = format!("{}.sig", digest_of(IMAGE.as_bytes()).replace(':', "-"));
    registry.manifest(&tag, "[[[[");
    check(
        signatures().exist(&format!("{}/shop/app:1", registry.host)),
        Err("no such document"),
    );
}
