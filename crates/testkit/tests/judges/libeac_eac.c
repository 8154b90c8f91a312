/*
 * A foreign peer for Extended Access Control: one role of Chip Authentication version 2 or of Terminal Authentication as
 * libeac plays it. Every message is one line of hexadecimal, an empty one for nothing.
 *
 *   libeac-eac ca-picc PROTOCOL PARAMETER    writes: static key; nonce, token; plain text
 *                                            reads:  compressed key, ephemeral key; cryptogram
 *   libeac-eac ca-pcd PROTOCOL PARAMETER     writes: compressed key, ephemeral key; plain text
 *                                            reads:  static key; nonce, token; cryptogram
 *   libeac-eac ta-picc                       reads:  trust point; certificates and "-"; compressed key, chip's name,
 *                                                    auxiliary data, signature
 *                                            writes: nonce after the "-"
 *   libeac-eac ta-pcd                        reads:  private key, certificate; nonce, compressed key, chip's name,
 *                                                    auxiliary data
 *                                            writes: signature
 *
 * PROTOCOL is the name of the object identifier without "id-CA-" (ECDH-AES-CBC-CMAC-128), PARAMETER the number of the
 * standardized domain parameters. The cryptogram of "ca-" is the first one of the new session. The last line is "agreed"
 * or "refused". Exit status 2: libeac does not have this variant.
 */
#include <eac/ca.h>
#include <eac/cv_cert.h>
#include <eac/eac.h>
#include <eac/ta.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *what) {
    printf("error %s\n", what);
    fflush(stdout);
    exit(3);
}

static int end(int agreed) {
    printf(agreed ? "agreed\n" : "refused\n");
    fflush(stdout);
    return agreed ? 0 : 1;
}

static void say(const BUF_MEM *message, const char *what) {
    size_t i;
    if (message == NULL) stop(what);
    for (i = 0; i < message->length; i++) printf("%02X", (unsigned char)message->data[i]);
    printf("\n");
    fflush(stdout);
}

/* The next message; NULL for "-". */
static BUF_MEM *hear_or_end(void) {
    static char line[65536];
    size_t i, length;
    unsigned int byte;
    BUF_MEM *message;
    if (fgets(line, sizeof line, stdin) == NULL) stop("input ended");
    if (line[0] == '-') return NULL;
    length = strcspn(line, "\r\n") / 2;
    message = BUF_MEM_new();
    if (message == NULL || (length > 0 && !BUF_MEM_grow(message, length))) stop("memory");
    for (i = 0; i < length; i++) {
        if (sscanf(line + 2 * i, "%2x", &byte) != 1) stop("not hexadecimal");
        message->data[i] = (char)byte;
    }
    return message;
}

static BUF_MEM *hear(void) {
    BUF_MEM *message = hear_or_end();
    if (message == NULL) stop("message missing");
    return message;
}

static int chip_authentication(EAC_CTX *ctx, int chip, const char *protocol, int parameter) {
    char name[64];
    BUF_MEM *compressed, *key, *other, *nonce = NULL, *token = NULL;
    int nid;

    snprintf(name, sizeof name, "id-CA-%s", protocol);
    nid = OBJ_sn2nid(name);
    if (nid == NID_undef || !EAC_CTX_init_ca(ctx, nid, parameter)) return 2;
    /* libeac draws the static key of a chip as it draws the ephemeral one of a terminal. */
    compressed = TA_STEP3_generate_ephemeral_key(ctx);
    if (compressed == NULL) stop("key");
    if (chip) {
        say(CA_STEP1_get_pubkey(ctx), "static key");
        compressed = hear();
        other = hear();
        if (CA_STEP3_check_pcd_pubkey(ctx, compressed, other) != 1) return end(0);
        if (!CA_STEP4_compute_shared_secret(ctx, other)) return end(0);
        if (!CA_STEP5_derive_keys(ctx, other, &nonce, &token)) stop("keys");
        say(nonce, "nonce");
        say(token, "token");
    } else {
        other = hear();
        say(compressed, "compressed key");
        say(CA_STEP2_get_eph_pubkey(ctx), "ephemeral key");
        if (!CA_STEP4_compute_shared_secret(ctx, other)) return end(0);
        nonce = hear();
        token = hear();
        if (CA_STEP6_derive_keys(ctx, nonce, token) != 1) return end(0);
    }
    if (!EAC_CTX_set_encryption_ctx(ctx, EAC_ID_CA) || !EAC_increment_ssc(ctx)) stop("session");
    key = hear();
    say(EAC_decrypt(ctx, key), "decryption");
    return end(1);
}

static int verify_terminal(EAC_CTX *ctx) {
    BUF_MEM *point = hear(), *certificate, *compressed, *chip, *auxiliary, *signature;

    if (!EAC_CTX_init_ta(ctx, NULL, 0, (unsigned char *)point->data, point->length)) stop("trust point");
    while ((certificate = hear_or_end()) != NULL)
        if (TA_STEP2_import_certificate(ctx, (unsigned char *)certificate->data, certificate->length) != 1) return end(0);
    say(TA_STEP4_get_nonce(ctx), "nonce");
    compressed = hear();
    chip = hear();
    auxiliary = hear();
    signature = hear();
    if (auxiliary->length == 0) auxiliary = NULL;
    return end(TA_STEP6_verify(ctx, compressed, chip, auxiliary, signature) == 1);
}

static int be_terminal(EAC_CTX *ctx) {
    BUF_MEM *key = hear(), *certificate = hear(), *nonce, *compressed, *chip, *auxiliary;

    if (!EAC_CTX_init_ta(ctx, (unsigned char *)key->data, key->length, (unsigned char *)certificate->data,
                         certificate->length))
        stop("key and certificate");
    nonce = hear();
    compressed = hear();
    chip = hear();
    auxiliary = hear();
    if (auxiliary->length == 0) auxiliary = NULL;
    if (!TA_STEP4_set_nonce(ctx, nonce)) stop("nonce");
    say(TA_STEP5_sign(ctx, compressed, chip, auxiliary), "signature");
    return end(1);
}

int main(int argc, char **argv) {
    EAC_CTX *ctx;

    EAC_init();
    ctx = EAC_CTX_new();
    if (ctx == NULL) return 3;
    if (argc == 4 && strcmp(argv[1], "ca-picc") == 0) return chip_authentication(ctx, 1, argv[2], atoi(argv[3]));
    if (argc == 4 && strcmp(argv[1], "ca-pcd") == 0) return chip_authentication(ctx, 0, argv[2], atoi(argv[3]));
    if (argc == 2 && strcmp(argv[1], "ta-picc") == 0) return verify_terminal(ctx);
    if (argc == 2 && strcmp(argv[1], "ta-pcd") == 0) return be_terminal(ctx);
    return 64;
}
