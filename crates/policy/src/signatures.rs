//! What policies may ask about the signatures of images.

/// Answers about signatures, from where images lie. What cannot be looked up is not signed; who answers keeps the reason.
pub trait ImageSignatures: std::fmt::Debug + Send + Sync {
    /// Whether anybody has signed the image.
    fn exist(&self, image: &str) -> bool;
    /// Whether the owner of a key, given as PEM, has signed the image.
    fn verify(&self, image: &str, key: &str) -> bool;
}
