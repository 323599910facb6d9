#include "store/audit/signed_head.hpp"

#include "events/base/check.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace ars::store {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

std::string note(std::string_view origin, Offset next, const Bytes32& chain) {
  return fmt::format("{}\n{}\n{}\n", origin, next.value(), to_hex(chain));
}

}  // namespace

struct SigningKey::Impl {
  Key key;
  Bytes32 public_key{};
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::from_seed(const Bytes32& seed) {
  auto impl = std::make_unique<Impl>();
  impl->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  ARS_CHECK(impl->key != nullptr, "OpenSSL has no Ed25519");
  auto size = impl->public_key.size();
  const auto ok = EVP_PKEY_get_raw_public_key(impl->key.get(), impl->public_key.data(), &size);
  ARS_CHECK(ok == 1 && size == impl->public_key.size(), "an Ed25519 key of {} bytes", size);
  return SigningKey(std::move(impl));
}

Result<Bytes32> SigningKey::random_seed() {
  Bytes32 seed{};
  if (RAND_priv_bytes(seed.data(), int{seed.size()}) != 1) {
    return fail(Errc::unavailable, "the system gives no random bytes");
  }
  return seed;
}

const Bytes32& SigningKey::public_key() const { return impl_->public_key; }

Signature SigningKey::sign(std::string_view text) const {
  Signature out{};
  auto size = out.size();
  const Context context(EVP_MD_CTX_new());
  const auto bytes = as_bytes(text);
  const bool ok =
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), out.data(), &size, bytes.data(), bytes.size()) == 1;
  ARS_CHECK(ok && size == out.size(), "an Ed25519 signature of {} bytes", size);
  return out;
}

bool signature_holds(const Bytes32& public_key, std::string_view text, ByteSpan signature) {
  const Key key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  if (key == nullptr) return false;
  const Context context(EVP_MD_CTX_new());
  const auto bytes = as_bytes(text);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                          bytes.size()) == 1;
}

std::string origin_of(const ClusterId& cluster, const Stream& stream) {
  return fmt::format("ars/{}/{}.{}.{}", to_hex(cluster), stream.generation, to_string(stream.topic),
                     stream.partition);
}

std::string head_text(const ClusterId& cluster, const Head& head) {
  return note(origin_of(cluster, head.stream), head.next, head.chain);
}

events::HeadSigned sign_head(const ClusterId& cluster, const Head& head, const SigningKey& key) {
  const auto signature = key.sign(head_text(cluster, head));
  return {
      origin_of(cluster, head.stream), head.next, head.chain, {signature.begin(), signature.end()}};
}

bool head_holds(const events::HeadSigned& head, const Bytes32& public_key) {
  return signature_holds(public_key, note(head.origin, head.next, head.chain), head.signature);
}

}  // namespace ars::store
